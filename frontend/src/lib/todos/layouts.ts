import type { Project, Todo } from "../api/types";
import { addDays, daysBetween, formatDay } from "../time";
import { beside, moveInto } from "./moves";
import { inOrder } from "./projects";
import type { Row, TodoRow } from "./rows";
import { comparing, INBOX, type Layout, PRIORITIES, PRIORITY_NAMES } from "./views";
import { type Action, updateOf } from "./writes";

type Todos = ReadonlyMap<string, Todo>;

/** One column of a board: the todos of a project (null: the inbox), or those of a priority. */
export interface Column {
  key: string;
  name: string;
  project?: Project | null;
  rows: TodoRow[];
}

/** The rows of a list one by one, each with its parent's title instead of a place below it. */
export function flat(rows: readonly Row[], todos: Todos, sort: string): TodoRow[] {
  const by = comparing(sort);
  return rows
    .filter((row) => row.kind === "todo")
    .map((row) => (row.depth ? { ...row, depth: 0, parent: todos.get(row.todo.parent_id ?? "")?.title } : row))
    .sort((one, other) => by(one.todo, other.todo));
}

export function grouped(rows: readonly TodoRow[], keyOf: (row: TodoRow) => string): ReadonlyMap<string, TodoRow[]> {
  const groups = new Map<string, TodoRow[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

/** Projects that are archived have a column only while something is in it. */
export function columnsOf(layout: Layout, rows: readonly TodoRow[], projects: ReadonlyMap<string, Project>): Column[] {
  const byKey = grouped(rows, ({ todo }) => (layout === "priorities" ? todo.priority : (todo.project_id ?? INBOX)));
  const of = (key: string) => byKey.get(key) ?? [];
  if (layout === "priorities") return PRIORITIES.map((key) => ({ key, name: PRIORITY_NAMES[key], rows: of(key) }));
  const own = inOrder(projects).filter(({ id, archived }) => !archived || byKey.has(id));
  return [
    { key: INBOX, name: "Inbox", project: null, rows: of(INBOX) },
    ...own.map((project) => ({ key: project.id, name: project.name, project, rows: of(project.id) })),
  ];
}

/** Into another column; null where it is there already. */
export function toColumn(todos: Todos, todo: Todo, { key, name, project }: Column): Action | null {
  if (project !== undefined) return moveInto(todos, todo, project);
  const update = updateOf(todo, { priority: key as Todo["priority"] });
  return update && { ...update, said: `is now in “${name}”` };
}

/** Into a column, at a place that counts the cards before it without this one; null where it is there already. */
export function toPlace(todos: Todos, todo: Todo, column: Column, gap: number): Action | null {
  const cards = column.rows.map((row) => row.todo);
  const index = cards.findIndex(({ id }) => id === todo.id);
  if (index === gap) return null;
  const rest = cards.filter(({ id }) => id !== todo.id);
  const [after, before] = [rest[gap - 1], rest[gap]];
  if (!after && !before) return toColumn(todos, todo, column);
  const place =
    index < 0 && column.project !== undefined ? { project_id: column.project?.id ?? null, parent_id: null } : {};
  const said =
    index < 0 ? `is now in “${column.name}”` : `is now ${after ? "after" : "before"} “${(after ?? before)?.title}”`;
  return beside(todos, todo, place, said, after, after ? undefined : before);
}

/** To another due day, or to none; a start day goes along. */
export function toDay(todo: Todo, day: string | null): Action | null {
  if (day === todo.due_date) return null;
  if (!day) {
    const update = updateOf(todo, { due_date: null, due_time: null, recurrence: null });
    return update && { ...update, said: "has no due day now" };
  }
  const { start_date, due_date } = todo;
  const shifted = start_date && due_date ? addDays(start_date, daysBetween(due_date, day)) : start_date;
  const update = updateOf(todo, { due_date: day, start_date: shifted && shifted > day ? day : shifted });
  return update && { ...update, said: `is now due on ${formatDay(day, "full")}` };
}
