import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { TodosPage } from "@/components/todos/TodosPage";
import type { Project, Todo } from "@/lib/api/types";
import { PREFERENCES_KEY } from "@/lib/theme-script";
import { toDay } from "@/lib/todos/layouts";
import { shiftMonth, weeksOf } from "@/lib/todos/months";
import { answerWith, type Call, project, renderWith, todo } from "./support";

function show(layout: string, todos: Todo[], projects: Project[] = [], sort = "-created_at") {
  localStorage.setItem(PREFERENCES_KEY, JSON.stringify({ layout, sort }));
  const calls = answerWith({
    "GET /api/stats": { status: 503 },
    ...Object.fromEntries(
      todos.flatMap((each) => [
        [`PATCH /api/todos/${each.id}`, ({ body }: Call) => ({ json: { ...each, ...(body as Todo), version: 900 } })],
        [
          `POST /api/todos/${each.id}/move`,
          ({ body }: Call) => ({ json: { ...each, ...(body as Todo), position: "z", version: 900 } }),
        ],
      ]),
    ),
  });
  renderWith(<TodosPage />, todos, projects);
  return () => calls.filter(({ method }) => method !== "GET").map(({ method, body }) => ({ method, body }));
}

const column = async (name: string) => await screen.findByRole("region", { name });
const box = (title: string) => screen.getByRole("checkbox", { name: `Complete: ${title}` });
const shows = (name: string, wanted: string[]) =>
  waitFor(async () => expect(titles(await column(name))).toEqual(wanted));
const titles = (region: HTMLElement) =>
  within(region)
    .queryAllByRole("button", { name: /^Edit: / })
    .map(({ textContent }) => textContent);

describe("a board", () => {
  it("has a column for each priority, and moves a card by Alt and arrows", async () => {
    const written = show("priorities", [todo({ title: "Letter", priority: "high" }), todo({ title: "Idle" })]);
    await shows("High", ["Letter"]);
    await shows("No priority", ["Idle"]);
    box("Letter").focus();
    fireEvent.keyDown(box("Letter"), { key: "ArrowLeft", altKey: true });
    expect(await screen.findByText("“Letter” is now in “Urgent”")).toBeTruthy();
    await shows("Urgent", ["Letter"]);
    await waitFor(() => expect(document.activeElement).toBe(box("Letter")));
    await waitFor(() => expect(written()).toEqual([{ method: "PATCH", body: { priority: "urgent" } }]));
  });

  it("has a column for each project, and goes from card to card by arrows", async () => {
    const home = project({ name: "Home" });
    const gone = project({ name: "Archived", archived: true });
    const written = show(
      "projects",
      [todo({ title: "Sweep", project_id: home.id }), todo({ title: "Call" })],
      [home, gone],
    );
    await shows("Home", ["Sweep"]);
    expect(screen.queryByRole("region", { name: "Archived" })).toBeNull();
    await shows("Inbox", ["Call"]);
    box("Call").focus();
    fireEvent.keyDown(box("Call"), { key: "ArrowRight" });
    await waitFor(() => expect(document.activeElement).toBe(box("Sweep")));
    fireEvent.keyDown(box("Sweep"), { key: "ArrowLeft", altKey: true });
    expect(await screen.findByText("“Sweep” is now in the inbox")).toBeTruthy();
    expect(within(await column("Home")).getByText("Drag a card here.")).toBeTruthy();
    await waitFor(() => expect(written()).toEqual([{ method: "POST", body: { project_id: null, parent_id: null } }]));
  });

  it("orders the cards of a column in the user's own order only", async () => {
    const [one, two] = [todo({ title: "one" }), todo({ title: "two" })];
    const written = show("projects", [one, two], [], "position");
    await shows("Inbox", ["one", "two"]);
    fireEvent.keyDown(box("one"), { key: "ArrowDown", altKey: true });
    expect(await screen.findByText("“one” is now after “two”")).toBeTruthy();
    await shows("Inbox", ["two", "one"]);
    await waitFor(() => expect(written()).toEqual([{ method: "POST", body: { after_id: two.id } }]));
  });

  it("draws the first cards of a long column, and more when asked", async () => {
    show(
      "priorities",
      Array.from({ length: 40 }, () => todo()),
    );
    const cards = within(await column("No priority"));
    const count = () => cards.getAllByRole("button", { name: /^Edit: / }).length;
    await waitFor(() => expect(count()).toBe(15));
    await userEvent.setup().click(cards.getByRole("button", { name: "Show 25 more" }));
    expect(count()).toBe(40);
  });

  it("edits a card in a dialog", async () => {
    const written = show("priorities", [todo({ title: "Letter" })]);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "Edit: Letter" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByLabelText("Title"), "s{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await waitFor(() => expect(written()).toEqual([{ method: "PATCH", body: { title: "Letters" } }]));
  });
});

describe("a month", () => {
  const today = new Date().toISOString().slice(0, 10);
  const next = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const long = (day: string) =>
    new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long" }).format(
      new Date(`${day}T12:00:00`),
    );

  beforeEach(() => history.replaceState(null, "", "/"));

  it("lists the todos of the chosen day, and moves one to another day by Alt and arrows", async () => {
    const written = show("month", [todo({ title: "Letter", due_date: today }), todo({ title: "Idle" })]);
    await shows("Today", ["Letter"]);
    expect(screen.getByRole("button", { name: `${long(today)}, 1 todo` })).toBeTruthy();
    fireEvent.keyDown(box("Letter"), { key: "ArrowRight", altKey: true });
    expect(await screen.findByText(`“Letter” is now due on ${long(next)}`)).toBeTruthy();
    await shows("Tomorrow", ["Letter"]);
    await waitFor(() => expect(document.activeElement).toBe(box("Letter")));
    await waitFor(() => expect(written()).toEqual([{ method: "PATCH", body: { due_date: next } }]));
  });

  it("goes from day to day by arrows, and shows what has no day", async () => {
    show("month", [todo({ title: "Letter", due_date: next }), todo({ title: "Idle" })]);
    const day = await screen.findByRole("button", { name: `${long(today)}, 0 todos` });
    day.focus();
    fireEvent.keyDown(day, { key: "ArrowRight" });
    await shows("Tomorrow", ["Letter"]);
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe(`${long(next)}, 1 todo`));
    await userEvent.setup().click(screen.getByRole("button", { name: "No day 1" }));
    await shows("Without a day", ["Idle"]);
  });

  it("has whole weeks, and the last day of a shorter month", () => {
    const weeks = weeksOf("2026-02", "monday");
    expect([weeks[0]?.[0], weeks.at(-1)?.at(-1)]).toEqual(["2026-01-26", "2026-03-01"]);
    expect(weeksOf("2026-03", "sunday")[0]?.[0]).toBe("2026-03-01");
    expect(shiftMonth("2026-01-31", 1)).toBe("2026-02-28");
    expect(shiftMonth("2026-01-15", -1)).toBe("2025-12-15");
  });
});

describe("another day", () => {
  it("takes the start along, and no day takes what needs one", () => {
    const due = todo({ due_date: "2026-03-10", start_date: "2026-03-08", due_time: "09:00" });
    expect(toDay(due, "2026-03-01")).toMatchObject({ fields: { due_date: "2026-03-01", start_date: "2026-02-27" } });
    expect(toDay(due, null)).toMatchObject({ fields: { due_date: null, due_time: null } });
    expect(toDay(due, "2026-03-10")).toBeNull();
    expect(toDay(todo({ start_date: "2026-03-08" }), "2026-03-01")).toMatchObject({
      fields: { start_date: "2026-03-01" },
    });
  });
});
