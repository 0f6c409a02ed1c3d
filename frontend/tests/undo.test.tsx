import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Shortcuts } from "@/components/shell/Shortcuts";
import type { ListedCommand } from "@/lib/api/types";
import { answerWith, type Call, problem, renderWith, todo } from "./support";

vi.mock("next/navigation", () => ({ usePathname: () => "/", useRouter: () => ({}) }));

const MINE = { type: "session", id: "0193a000-0000-7000-8000-00000000000a", name: "web" } as const;
const SCRIPT = { type: "token", id: "0193a000-0000-7000-8000-00000000000b", name: "backup" } as const;

/** What a service does that keeps a list of commands, the newest last. */
let done: ListedCommand[];

function command(id: string, fields: Partial<ListedCommand> = {}): ListedCommand {
  const sequences: [number, number] = [done.length + 1, done.length + 1];
  const at = "2026-11-22T12:00:00Z";
  const summary = `Updated todo “${id}”`;
  const blank = { actor: MINE, occurred_at: at, sequences, undone_by: null, is_undo: false };
  return { ...blank, id, summary, ...fields };
}

function undo({ path, headers }: Call) {
  const id = path.split("/")[3];
  const by = headers.get("idempotency-key") ?? "";
  const root = done.find((each) => each.id === id || each.undone_by === id) as ListedCommand;
  root.undone_by = root.undone_by === id ? null : by;
  done.push(command(by, { is_undo: true }));
  return { json: { command_id: by, changes: [], sequence: done.length } };
}

const ROUTES = {
  "GET /api/commands": () => ({ json: done.toReversed() }),
  "POST *": undo,
};

const undone = (calls: Call[]) => calls.filter(({ method }) => method === "POST").map(({ path }) => path.split("/")[3]);

async function press(keys: string, said: string): Promise<void> {
  await userEvent.setup().keyboard(keys);
  await waitFor(() => expect(screen.getAllByText(said).length).toBeGreaterThan(0));
}

beforeEach(() => {
  done = [];
  done = [command("first"), command("second"), command("a token’s", { actor: SCRIPT })];
});

describe("undo by keys", () => {
  it("goes back over what this person did, and forth again in the same order", async () => {
    const calls = answerWith(ROUTES);
    renderWith(<Shortcuts />);
    await press("{Control>}z{/Control}", "Undone: updated todo “second”");
    await press("{Meta>}z{/Meta}", "Undone: updated todo “first”");
    await press("{Control>}z{/Control}", "Nothing to undo");
    await press("{Meta>}{Shift>}z{/Shift}{/Meta}", "Done again: updated todo “first”");
    await press("{Control>}y{/Control}", "Done again: updated todo “second”");
    await press("U", "Nothing to redo");
    expect(undone(calls)).toEqual(["second", "first", done[4]?.id, done[3]?.id]);
  });

  it("does nothing again that was done before something else", async () => {
    answerWith(ROUTES);
    renderWith(<Shortcuts />);
    await press("u", "Undone: updated todo “second”");
    done.push(command("third"));
    await press("U", "Nothing to redo");
  });

  it("presses in a row go one step each", async () => {
    const calls = answerWith(ROUTES);
    renderWith(<Shortcuts />);
    await press("uu", "Undone: updated todo “first”");
    expect(undone(calls)).toEqual(["second", "first"]);
  });

  it("names what was changed since, and takes back the rest when asked to", async () => {
    const shown = todo({ title: "Buy milk" });
    const errors = [{ pointer: `/todos/${shown.id}/due_date`, detail: "due_date: changed since" }];
    const calls = answerWith({
      ...ROUTES,
      "POST *": (call) => (call.path.includes("force=true") ? undo(call) : problem(409, "undo_conflict", { errors })),
    });
    renderWith(<Shortcuts />, [shown]);
    await press("u", "Not undone, as it was changed since: due day of “Buy milk”.");
    await userEvent.setup().click(screen.getByRole("button", { name: "Undo the rest" }));
    expect(await screen.findByText("Undone: updated todo “second”")).toBeTruthy();
    expect(undone(calls)).toEqual(["second", "second"]);
  });
});
