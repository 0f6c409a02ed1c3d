import type { Project, Todo } from "../api/types";
import type { Row, TodoRow } from "./rows";
import type { FilterAction, MoveAction, ProjectAction } from "./writes";

/** Where a row goes: `gap` counts the rows before it, those that move with it left out. */
export interface Target {
  gap: number;
  depth: number;
}

export type Direction = "up" | "down" | "in" | "out";

/** The rows that stay while one and those below it move. */
export function staying(rows: readonly Row[], id: string): TodoRow[] {
  const todos = rows.filter((row) => row.kind === "todo");
  const start = todos.findIndex(({ key }) => key === id);
  return [...todos.slice(0, start), ...todos.slice(endOf(todos, start))];
}

/** The index after the rows below this one. */
function endOf(rows: readonly TodoRow[], start: number): number {
  const top = rows[start];
  const end = rows.findIndex((row, index) => index > start && row.depth <= (top?.depth ?? 0));
  return end < 0 ? rows.length : end;
}

/** The nearest depth that a row can have in this gap. */
export function fitting(rest: readonly TodoRow[], { gap, depth }: Target): Target {
  const most = gap > 0 ? (rest[gap - 1]?.depth ?? 0) + 1 : 0;
  const least = rest[gap]?.depth ?? 0;
  return { gap, depth: Math.max(least, Math.min(most, depth)) };
}

/** Where a step goes from here; null where there is nowhere to go. */
export function step(rows: readonly Row[], id: string, direction: Direction): Target | null {
  const rest = staying(rows, id);
  const todos = rows.filter((row) => row.kind === "todo");
  const gap = todos.findIndex(({ key }) => key === id);
  const depth = todos[gap]?.depth ?? 0;
  const before = siblingBefore(rest, { gap, depth });
  if (direction === "up") return before < 0 ? null : { gap: before, depth };
  if (direction === "in") return before < 0 ? null : { gap, depth: depth + 1 };
  if (direction === "down") return rest[gap]?.depth === depth ? { gap: endOf(rest, gap), depth } : null;
  const parent = siblingBefore(rest, { gap, depth: depth - 1 });
  return depth === 0 || parent < 0 ? null : { gap: endOf(rest, parent), depth: depth - 1 };
}

/** The index of the row of this depth before the gap, with none above it in between; -1 if there is none. */
function siblingBefore(rest: readonly TodoRow[], { gap, depth }: Target): number {
  for (let index = gap - 1; index >= 0; index--) {
    const row = rest[index];
    if (!row || row.depth < depth) return -1;
    if (row.depth === depth) return index;
  }
  return -1;
}

/** The move of a todo to a place in the list, or null where it is there already. */
export function moveTo(todos: ReadonlyMap<string, Todo>, rows: readonly Row[], id: string, target: Target) {
  const rest = staying(rows, id);
  const todo = todos.get(id);
  const row = rows.find(({ key }) => key === id);
  if (!todo || row?.kind !== "todo") return null;
  const parent = rest[siblingBefore(rest, { gap: target.gap, depth: target.depth - 1 })]?.todo;
  // A todo at the left whose parent is not in the list stays below it.
  const parent_id = target.depth > 0 ? (parent?.id ?? null) : row.depth === 0 ? todo.parent_id : null;
  const after = rest[siblingBefore(rest, target)]?.todo;
  const next = rest[target.gap];
  const before = !after && next?.depth === target.depth ? next.todo : undefined;
  const place = { parent_id, ...(parent ? { project_id: parent.project_id } : {}) };
  const said = parent && parent_id !== todo.parent_id ? `is now below “${parent.title}”` : saidPlace(after, before);
  return beside(todos, todo, place, said, after, before);
}

function saidPlace(after?: Todo, before?: Todo): string {
  if (after) return `is now after “${after.title}”`;
  return before ? `is now before “${before.title}”` : "moved";
}

type Place = Partial<Pick<Todo, "parent_id" | "project_id">>;

export function beside(
  todos: ReadonlyMap<string, Todo>,
  todo: Todo,
  place: Place,
  said: string,
  after?: Todo,
  before?: Todo,
): MoveAction {
  const others = [...todos.values()].filter(({ id, deleted_at }) => id !== todo.id && !deleted_at);
  return {
    op: "move",
    id: todo.id,
    to: { ...place, ...neighbourId(after, before) },
    fields: { ...place, position: positionBeside(others, after, before) },
    said,
  };
}

function neighbourId(after?: { id: string }, before?: { id: string }) {
  if (after) return { after_id: after.id };
  return before ? { before_id: before.id } : {};
}

/** Into a project, or the inbox (null), as its last todo. */
export function moveInto(todos: ReadonlyMap<string, Todo>, todo: Todo, project: Project | null): MoveAction | null {
  const project_id = project?.id ?? null;
  if (todo.project_id === project_id && !todo.parent_id) return null;
  return beside(
    todos,
    todo,
    { project_id, parent_id: null },
    `is now in ${project ? `“${project.name}”` : "the inbox"}`,
  );
}

interface Named extends Placed {
  id: string;
  name: string;
}

export const moveProject = (shown: readonly Named[], id: string, gap: number) => among("move-project", shown, id, gap);
export const moveFilter = (shown: readonly Named[], id: string, gap: number) => among("move-filter", shown, id, gap);

/** To before the one at `gap` among the others shown; null where it is there already. */
function among(
  op: "move-project" | "move-filter",
  shown: readonly Named[],
  id: string,
  gap: number,
): ProjectAction | FilterAction | null {
  const index = shown.findIndex((each) => each.id === id);
  const rest = shown.filter((each) => each.id !== id);
  if (index < 0 || gap < 0 || gap > rest.length || gap === index) return null;
  const [after, before] = [rest[gap - 1], rest[gap]];
  return {
    op,
    id,
    to: neighbourId(after, before),
    fields: { position: positionBeside(rest, after, before) },
    said: saidAmong(after, before),
  };
}

function saidAmong(after?: Named, before?: Named): string {
  return after ? `is now after “${after.name}”` : `is now before “${before?.name}”`;
}

const END = "~";

interface Placed {
  position: string;
}

/** A position there until the service has given one: it only has to sort as that will. */
function positionBeside(others: readonly Placed[], after?: Placed, before?: Placed): string {
  const positions = others.map(({ position }) => position).sort();
  if (after) return positionAfter(after.position, positions.find((each) => each > after.position) ?? "\uffff");
  return before ? positionAfter(positions.findLast((each) => each < before.position) ?? "", before.position) : END;
}

/** Blanks and `!` sort before all that the service's positions are made of. */
function positionAfter(low: string, high: string): string {
  let position = `${low}!`;
  for (let blanks = " "; position >= high && blanks.length < 50; blanks += " ") position = `${low}${blanks}!`;
  return position;
}
