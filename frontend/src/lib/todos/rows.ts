import type { Todo, User } from "../api/types";
import { dayOf, formatDay, relativeDay } from "../time";
import { isInView, matches, sortTodos, type View } from "./views";

export type Row =
  | { kind: "heading"; key: string; label: string; note: string; tone: "plain" | "late" }
  | { kind: "todo"; key: string; todo: Todo };

interface Surroundings {
  sort: string;
  today: string;
  overdue: ReadonlySet<string>;
  lingering: ReadonlySet<string>;
  user: User;
}

/** The list of a view: what is in it, in which order, under which headings. */
export function rowsOf(todos: ReadonlyMap<string, Todo>, view: View, surroundings: Surroundings): Row[] {
  const { sort, today, overdue, lingering, user } = surroundings;
  const shown = [...todos.values()].filter(
    (todo) => isInView(todo, view.name, today, lingering) && matches(todo, view),
  );
  if (view.name === "completed") return group(newestDone(shown), (todo) => doneDay(todo, user), today);
  if (view.name === "upcoming")
    return group(sortTodos(shown, "due_at"), (todo) => todo.due_date ?? todo.start_date ?? "", today);
  if (view.name === "today") return overdueFirst(sortTodos(shown, "due_at"), overdue);
  return sortTodos(shown, sort).map(todoRow);
}

function newestDone(todos: Todo[]): Todo[] {
  return todos.sort((one, other) => ((one.completed_at ?? "") < (other.completed_at ?? "") ? 1 : -1));
}

function doneDay(todo: Todo, user: User): string {
  return dayOf(Date.parse(todo.completed_at ?? todo.updated_at), user);
}

function group(todos: Todo[], dayFor: (todo: Todo) => string, today: string): Row[] {
  const rows: Row[] = [];
  let current = "";
  for (const todo of todos) {
    const day = dayFor(todo);
    if (day !== current) rows.push(dayHeading(day, today));
    current = day;
    rows.push(todoRow(todo));
  }
  return rows;
}

function dayHeading(day: string, today: string): Row {
  const label = relativeDay(day, today);
  const date = formatDay(day);
  return { kind: "heading", key: `day-${day}`, label, note: label === date ? "" : date, tone: "plain" };
}

function overdueFirst(todos: Todo[], overdue: ReadonlySet<string>): Row[] {
  const late = todos.filter((todo) => overdue.has(todo.id));
  const due = todos.filter((todo) => !overdue.has(todo.id));
  if (late.length === 0) return due.map(todoRow);
  const rows: Row[] = [
    { kind: "heading", key: "late", label: "Overdue", note: "", tone: "late" },
    ...late.map(todoRow),
  ];
  if (due.length > 0) rows.push({ kind: "heading", key: "today", label: "Today", note: "", tone: "plain" });
  return [...rows, ...due.map(todoRow)];
}

function todoRow(todo: Todo): Row {
  return { kind: "todo", key: todo.id, todo };
}
