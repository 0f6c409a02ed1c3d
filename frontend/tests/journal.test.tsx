import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import ConfirmDialog from "@/components/ConfirmDialog";
import { JournalPage } from "@/components/journal/JournalPage";
import WhileAway from "@/components/journal/WhileAway";
import { TodosPage } from "@/components/todos/TodosPage";
import type { ListedCommand } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { answerWith, type Call, renderWith, STATS, todo } from "./support";

const SCRIPT = { type: "token", id: "0193a000-0000-7000-8000-00000000000b", name: "backup" } as const;
const MINE = { type: "session", id: "0193a000-0000-7000-8000-00000000000a", name: "web" } as const;

const LINES: ListedCommand[] = [
  line(9, "Created todo “third”", { actor: SCRIPT, sequences: [7, 9], undone_by: "u" }),
  line(6, "Completed todo “second”", { actor: SCRIPT }),
  line(5, "Created todo “first”", { occurred_at: "2026-11-20T09:30:00Z" }),
];

function line(sequence: number, summary: string, fields: Partial<ListedCommand>): ListedCommand {
  const at = "2026-11-21T14:05:00Z";
  const blank = { actor: MINE, occurred_at: at, undone_by: null, is_undo: false };
  return { id: `command-${sequence}`, summary, sequences: [sequence, sequence], ...blank, ...fields };
}

const ROUTES = {
  "GET /api/commands": { json: LINES },
  "GET /api/stats": { json: STATS },
  "GET /api/stats/daily": { json: [] },
  "POST *": { json: { command_id: "u2", changes: [], sequence: 10 } },
};

const posts = (calls: Call[]) => calls.filter(({ method }) => method === "POST").map(({ path, body }) => [path, body]);

function Questions() {
  const question = useStore(useApp().questions);
  return question && <ConfirmDialog question={question} />;
}

describe("the journal", () => {
  it("says by day what was done and by whom, and takes back or does again each line", async () => {
    const calls = answerWith(ROUTES);
    renderWith(<JournalPage />);
    await screen.findByText("Created todo “first”");
    const days = screen.getAllByRole("region").filter((each) => within(each).queryByRole("list"));
    expect(days.map((day) => within(day).getAllByRole("listitem").length)).toEqual([2, 1]);
    expect(days[1]?.textContent).toContain("Friday, November 20");
    expect(days[1]?.textContent).toContain("09:30: as it was before this · You, elsewhere");
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Undo: Created todo “first”" }));
    expect(await screen.findByText("Undone: created todo “first”")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Redo: Created todo “third”" }));
    expect(await screen.findByText("Done again: created todo “third”")).toBeTruthy();
    expect(posts(calls).map(([path]) => path)).toEqual(["/api/commands/command-5/undo", "/api/commands/u/undo"]);
  });

  it("shows what one did, and takes back all of it from a line on", async () => {
    HTMLDialogElement.prototype.showModal = function showModal() {
      this.open = true;
    };
    const calls = answerWith(ROUTES);
    renderWith(
      <>
        <JournalPage />
        <Questions />
      </>,
    );
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "Token “backup”" }));
    expect(screen.queryByText("Created todo “first”")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Undo all since: Completed todo “second”" }));
    await user.click(await screen.findByRole("button", { name: "Undo everything" }));
    await waitFor(() => expect(posts(calls)).toEqual([["/api/commands/undo", { actor_id: SCRIPT.id, since: 5 }]]));
    expect(await screen.findByText(/^Undone: everything since/)).toBeTruthy();
  });

  it("tells what happened to who was away for a day, and nobody else", async () => {
    answerWith(ROUTES);
    localStorage.setItem("todobus.seen", String(Date.now() - 2 * 86_400_000));
    renderWith(<WhileAway />);
    const card = await screen.findByRole("complementary", { name: "While you were away" });
    expect(within(card).getByText("Token “backup”").parentElement?.textContent).toBe("Token “backup”4 changes");
    await userEvent.setup().click(within(card).getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByRole("complementary")).toBeNull();
    expect(Date.now() - Number(localStorage.getItem("todobus.seen"))).toBeLessThan(60_000);
  });
});

describe("the history of a todo", () => {
  it("goes back to a version in one write", async () => {
    const shown = todo({ title: "Buy oat milk", priority: "high" });
    const then = { ...shown, title: "Buy milk", priority: "low" as const, version: 1 };
    const at = "2026-11-20T09:30:00Z";
    const blank = { changed: [], previous: {}, occurred_at: at };
    const calls = answerWith({
      ...ROUTES,
      [`GET /api/todos/${shown.id}/history`]: {
        json: [
          { ...blank, sequence: 1, type: "todo.created.v1", todo: then },
          { ...blank, sequence: 2, type: "todo.updated.v1", todo: shown, changed: ["title"], previous: then },
        ],
      },
      [`PATCH /api/todos/${shown.id}`]: ({ body }) => ({ json: { ...shown, ...(body as object), version: 200 } }),
    });
    renderWith(<TodosPage />, [shown]);
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "Edit: Buy oat milk" }));
    await user.click(await screen.findByText("History"));
    expect(await screen.findByText("Renamed “Buy milk” to “Buy oat milk”")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Back to this: Created, / }));
    await waitFor(() => expect(screen.getByRole("button", { name: "Edit: Buy milk" })).toBeTruthy());
    const patches = calls.filter(({ method }) => method === "PATCH");
    expect(patches.map(({ body }) => body)).toEqual([{ title: "Buy milk", priority: "low" }]);
  });
});
