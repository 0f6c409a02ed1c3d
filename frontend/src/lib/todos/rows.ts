import type { Todo, User } from "../api/types";
import { dayOf, formatDay, relativeDay } from "../time";
import { type Progress, progressOf } from "./trees";
import { isInView, matcher, sortTodos, type View } from "./views";

export type Row = { kind: "heading"; key: string; label: string; note: string; tone: "plain" | "late" } | TodoRow;

export interface TodoRow {
  kind: "todo";
  key: string;
  todo: Todo;
  /** How many of the todos above it are in the list too. */
  depth: number;
  /** Of its subtasks, if it has any. */
  progress?: Progress;
  /** The title of its parent, where that is not in the list. */
  parent?: string;
}

/** Of the views that have an order of their own. */
const ORDERS: Partial<Record<View["name"], string>> = {
  completed: "-completed_at",
  upcoming: "due_at",
  today: "due_at",
};

interface Surroundings {
  sort: string;
  today: string;
  overdue: ReadonlySet<string>;
  lingering: ReadonlySet<string>;
  user: User;
}

/** What is in a view, in its order, whatever is looked for in it. */
export function inView(
  todos: ReadonlyMap<string, Todo>,
  name: View["name"],
  { sort, today, lingering }: Pick<Surroundings, "sort" | "today" | "lingering">,
): Todo[] {
  const shown = [...todos.values()].filter((todo) => isInView(todo, name, today, lingering));
  return sortTodos(shown, ORDERS[name] ?? sort);
}

/** The list of a view: what is found in it, under which headings; `sorted` is what is in it. */
export function rowsOf(
  todos: ReadonlyMap<string, Todo>,
  view: View,
  surroundings: Surroundings,
  sorted = inView(todos, view.name, surroundings),
): Row[] {
  const { today, overdue, user } = surroundings;
  const progress = progressOf(todos);
  const row = (todo: Todo, depth = 0): TodoRow => ({
    kind: "todo",
    key: todo.id,
    todo,
    depth,
    progress: progress.get(todo.id),
    parent: depth === 0 && todo.parent_id ? todos.get(todo.parent_id)?.title : undefined,
  });
  const shown = sorted.filter(matcher(view));
  if (view.name === "completed") return group(shown, (todo) => doneDay(todo, user), today, row);
  if (view.name === "upcoming") return group(shown, (todo) => todo.due_date ?? todo.start_date ?? "", today, row);
  if (view.name === "today") return overdueFirst(shown, overdue, row);
  return nested(shown, row);
}

type MakeRow = (todo: Todo, depth?: number) => TodoRow;

/** Subtasks in their own order below their parents, if these are shown. */
function nested(sorted: Todo[], row: MakeRow): Row[] {
  if (!sorted.some(({ parent_id }) => parent_id)) return sorted.map((todo) => row(todo));
  const ids = new Set(sorted.map(({ id }) => id));
  const children = new Map<string, Todo[]>();
  const roots: Todo[] = [];
  for (const todo of sorted) {
    const parent = todo.parent_id ?? "";
    const siblings = ids.has(parent) ? children.get(parent) : roots;
    if (siblings) siblings.push(todo);
    else children.set(parent, [todo]);
  }
  const rows: Row[] = [];
  function add(todo: Todo, depth: number): void {
    rows.push(row(todo, depth));
    for (const child of sortTodos(children.get(todo.id) ?? [], "position")) add(child, depth + 1);
  }
  for (const todo of roots) add(todo, 0);
  return rows;
}

function doneDay(todo: Todo, user: User): string {
  return dayOf(Date.parse(todo.completed_at ?? todo.updated_at), user);
}

function group(todos: Todo[], dayFor: (todo: Todo) => string, today: string, row: MakeRow): Row[] {
  const rows: Row[] = [];
  let current = "";
  for (const todo of todos) {
    const day = dayFor(todo);
    if (day !== current) rows.push(dayHeading(day, today));
    current = day;
    rows.push(row(todo));
  }
  return rows;
}

function dayHeading(day: string, today: string): Row {
  const label = relativeDay(day, today);
  const date = formatDay(day);
  return { kind: "heading", key: `day-${day}`, label, note: label === date ? "" : date, tone: "plain" };
}

function overdueFirst(todos: Todo[], overdue: ReadonlySet<string>, row: MakeRow): Row[] {
  const late = todos.filter((todo) => overdue.has(todo.id));
  const due = todos.filter((todo) => !overdue.has(todo.id));
  if (late.length === 0) return due.map((todo) => row(todo));
  const rows: Row[] = [
    { kind: "heading", key: "late", label: "Overdue", note: "", tone: "late" },
    ...late.map((todo) => row(todo)),
  ];
  if (due.length > 0) rows.push({ kind: "heading", key: "today", label: "Today", note: "", tone: "plain" });
  return [...rows, ...due.map((todo) => row(todo))];
}
