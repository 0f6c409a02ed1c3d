import { describe, expect, it } from "vitest";
import type { Todo } from "@/lib/api/types";
import { type Direction, fitting, moveInto, moveProject, moveTo, staying, step } from "@/lib/todos/moves";
import { rowsOf } from "@/lib/todos/rows";
import { parseView } from "@/lib/todos/views";
import { type Action, type MoveAction, type Write, withWrites } from "@/lib/todos/writes";
import { project, todo, USER } from "./support";

/** a, b with b1 (b11 below it) and b2, c */
const TREE = [
  ["a", null],
  ["b", null],
  ["b1", "b"],
  ["b11", "b1"],
  ["b2", "b"],
  ["c", null],
] as const;
const START = new Map<string, Todo>(TREE.map(([id, parent_id]) => [id, todo({ id, title: id, parent_id })]));
const surroundings = {
  sort: "position",
  today: "2026-11-22",
  overdue: new Set(""),
  lingering: new Set(""),
  user: USER,
};
const rowsIn = (todos: ReadonlyMap<string, Todo>, search = "") => rowsOf(todos, parseView(search), surroundings);
const outline = (todos: ReadonlyMap<string, Todo>) =>
  rowsIn(todos).map((row) => (row.kind === "todo" ? "-".repeat(row.depth) + row.key : ""));
const write = (...actions: Action[]): Write => ({ key: "k", userId: USER.id, at: "2026-11-22T12:00:00Z", actions });

function moved(id: string, direction: Direction, todos: ReadonlyMap<string, Todo> = START) {
  const target = step(rowsIn(todos), id, direction);
  const action = target && moveTo(todos, rowsIn(todos), id, target);
  if (!action) return null;
  return { action, after: withWrites(todos, [write(action)]) };
}

describe("a step", () => {
  it.each<[string, Direction, string[], object]>([
    ["c", "up", ["a", "c", "b", "-b1", "--b11", "-b2"], { after_id: "a", parent_id: null }],
    ["a", "down", ["b", "-b1", "--b11", "-b2", "a", "c"], { after_id: "b", parent_id: null }],
    ["b", "up", ["b", "-b1", "--b11", "-b2", "a", "c"], { before_id: "a", parent_id: null }],
    ["c", "in", ["a", "b", "-b1", "--b11", "-b2", "-c"], { after_id: "b2", parent_id: "b", project_id: null }],
    ["b1", "out", ["a", "b", "-b2", "b1", "-b11", "c"], { after_id: "b", parent_id: null }],
    ["b2", "up", ["a", "b", "-b2", "-b1", "--b11", "c"], { before_id: "b1", parent_id: "b", project_id: null }],
  ])("of %s %s", (id, direction, expected, to) => {
    const result = moved(id, direction);
    expect(result && outline(result.after)).toEqual(expected);
    expect(result?.action.to).toEqual(to);
  });

  it("goes nowhere at an end", () => {
    expect([moved("a", "up"), moved("c", "down"), moved("a", "out"), moved("a", "in"), moved("b2", "down")]).toEqual(
      Array(5).fill(null),
    );
  });

  it("after a step is right before either has been answered", () => {
    let todos: ReadonlyMap<string, Todo> = START;
    for (const id of ["c", "a", "c", "a", "c"])
      todos = moved(id, "up", todos)?.after ?? moved(id, "down", todos)?.after ?? todos;
    expect(outline(todos)).toContain("c");
    expect(new Set([...todos.values()].map(({ position }) => position)).size).toBe(6);
  });
});

describe("a drop", () => {
  it("takes the nearest depth that there is", () => {
    const rest = staying(rowsIn(START), "c");
    expect(fitting(rest, { gap: 5, depth: 9 })).toEqual({ gap: 5, depth: 2 });
    expect(fitting(rest, { gap: 3, depth: 0 })).toEqual({ gap: 3, depth: 2 });
    expect(fitting(rest, { gap: 0, depth: 3 })).toEqual({ gap: 0, depth: 0 });
  });

  it("in a filtered list names the neighbour that is shown", () => {
    const todos = new Map(["x1", "y", "x2", "x3"].map((id) => [id, todo({ id, title: id })]));
    const action = moveTo(todos, rowsIn(todos, "?q=x"), "x3", { gap: 1, depth: 0 });
    expect(action?.to).toEqual({ after_id: "x1", parent_id: null });
    expect(outline(withWrites(todos, action ? [write(action)] : []))).toEqual(["x1", "x3", "y", "x2"]);
  });

  it("on a project takes those below along", () => {
    const home = project({ id: "p", name: "Home" });
    const action = moveInto(START, START.get("b1") as Todo, home) as MoveAction;
    expect([action.to, action.said]).toEqual([{ project_id: "p", parent_id: null }, "is now in “Home”"]);
    const after = withWrites(START, [write(action)]);
    expect([...after.values()].filter(({ project_id }) => project_id === "p").map(({ id }) => id)).toEqual([
      "b1",
      "b11",
    ]);
    expect(moveInto(START, START.get("a") as Todo, null)).toBeNull();
  });

  it("of a project names its neighbour", () => {
    const shown = ["p", "q", "r"].map((id) => project({ id, name: id }));
    expect(moveProject(shown, "r", 0)).toMatchObject({ to: { before_id: "p" } });
    expect(moveProject(shown, "p", 1)).toMatchObject({ to: { after_id: "q" } });
    expect(moveProject(shown, "p", 0)).toBeNull();
  });
});
