import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { PastPage } from "@/components/past/PastPage";
import { setSearch } from "@/lib/location";
import { answerWith, type Call, problem, project, renderWith, STATS, todo } from "./support";

const push = vi.fn();
vi.mock("next/navigation", () => ({ usePathname: () => "/past", useRouter: () => ({ push }) }));

const THEN = "2026-03-04T12:00:00.000000Z";
const HOME = project({ name: "Home" });
const ROUTES = {
  "GET /api/todos": {
    json: [
      todo({ title: "Buy milk", project_id: HOME.id, due_date: "2026-03-01", due_at: "2026-03-01T23:59:59.999999Z" }),
      todo({ title: "Call home", completed: true, completed_at: THEN }),
    ],
  },
  "GET /api/projects": { json: [HOME] },
  "GET /api/stats": { json: { ...STATS, total: 12, as_of: THEN } },
};

function asked(calls: Call[], path: string): (string | null)[] {
  const urls = calls.map((call) => new URL(call.path, "http://app"));
  return urls.filter(({ pathname }) => pathname === path).map(({ searchParams }) => searchParams.get("as_of"));
}

const shown = () => within(screen.getByRole("list", { name: "As it was" })).getAllByRole("checkbox");

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  setSearch("as_of=7");
  push.mockClear();
});

describe("any day", () => {
  it("shows the lists, the figures and what is not shown, and nothing can be changed", async () => {
    const calls = answerWith(ROUTES);
    renderWith(<PastPage />);
    await screen.findByText("Buy milk");
    expect(asked(calls, "/api/todos")).toEqual(["7"]);
    expect(screen.getByRole("slider", { name: "Moment" }).getAttribute("aria-valuetext")).toContain("Mar 4");
    expect(shown()).toEqual([expect.objectContaining({ disabled: true, checked: false })]);
    expect(screen.getByText("Home")).toBeTruthy();
    expect(document.querySelector("[data-stat=past-open]")?.textContent).toBe("6");
    expect(screen.getByText("The newest 2 are shown; there were 10 more.")).toBeTruthy();
    await userEvent.setup().click(screen.getByRole("button", { name: "Completed" }));
    expect(shown()).toEqual([expect.objectContaining({ disabled: true, checked: true })]);
  });

  it("asks for the moment at which the slider rests, not for those that it passes", async () => {
    const calls = answerWith(ROUTES);
    renderWith(<PastPage />);
    await screen.findByText("Buy milk");
    const slider = screen.getByRole("slider", { name: "Moment" });
    for (const value of ["1", "2", "3"]) fireEvent.change(slider, { target: { value } });
    await waitFor(() => expect(asked(calls, "/api/stats")).toHaveLength(2));
    const [, rested] = asked(calls, "/api/stats");
    const first = Date.parse("2026-01-01T00:00:00Z");
    expect((Date.parse(rested ?? "") - first) / 86_400_000).toSatisfy((days: number) => days >= 3 && days < 4);
  });

  it("offers to try again where a moment cannot be had", async () => {
    answerWith({ ...ROUTES, "GET /api/stats": problem(503, "history_not_ready") });
    renderWith(<PastPage />);
    expect(await screen.findByText("That day did not load")).toBeTruthy();
    answerWith(ROUTES);
    await userEvent.setup().click(screen.getByRole("button", { name: /again/ }));
    expect(await screen.findByText("Buy milk")).toBeTruthy();
  });

  it("says what bringing it back would do, does it as one command, and takes it back", async () => {
    const calls = answerWith({
      ...ROUTES,
      "POST /api/todos/restore": ({ body }) => {
        const counts = { created: 0, restored: 1, updated: 2, deleted: 0, completed: 0, reopened: 0 };
        const changes = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
        const { dry_run } = body as { dry_run?: boolean };
        return { json: { command_id: dry_run ? null : "c1", changes, kept: 1, sequence: 101 } };
      },
    });
    renderWith(<PastPage />);
    await screen.findByText("Buy milk");
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Bring this back" }));
    await screen.findByText("1 come back from the trash");
    expect(screen.getByText("2 become what they were")).toBeTruthy();
    expect(screen.getByText("1 cannot be as they were: what they were in is gone.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Bring back" }));
    await waitFor(() => expect(push).toHaveBeenCalledWith("/"));
    expect(screen.getByText(/^Everything was brought back to/)).toBeTruthy();
    const sent = calls.filter(({ path }) => path === "/api/todos/restore").map(({ body }) => body);
    expect(sent).toEqual([{ as_of: 7, dry_run: true }, expect.objectContaining({ as_of: 7 })]);
  });
});
