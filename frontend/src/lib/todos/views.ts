import type { Priority, Project, Todo } from "../api/types";
import { lazy } from "../lazy";

export type ViewName = "active" | "today" | "upcoming" | "completed" | "trash";

/** What the list shows: all of it stands in the address, so that it can be kept, shared and gone back to. */
export interface View {
  name: ViewName;
  q: string;
  tags: string[];
  priority: Priority | null;
  /** An id, `inbox` for todos without a project, or null for all. */
  project: string | null;
}

export const INBOX = "inbox";

export const VIEWS: Record<ViewName, string> = {
  active: "Todos",
  today: "Today",
  upcoming: "Upcoming",
  completed: "Completed",
  trash: "Trash",
};

export const PRIORITIES: Priority[] = ["urgent", "high", "medium", "low", "none"];
export const PRIORITY_NAMES: Record<Priority, string> = {
  urgent: "Urgent",
  high: "High",
  medium: "Medium",
  low: "Low",
  none: "No priority",
};

export const SORTS: Record<string, string> = {
  "-created_at": "Newest first",
  created_at: "Oldest first",
  due_at: "Due date",
  "-priority": "Priority",
  title: "Title",
  position: "My order",
  "-updated_at": "Changed last",
};

/** How an open list is laid out: as rows, in columns of projects or priorities, or as a month. */
export type Layout = keyof typeof LAYOUTS;
export const LAYOUTS = {
  list: "List",
  projects: "Board by project",
  priorities: "Board by priority",
  month: "Month",
} as const;

export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const name = query.get("view") ?? "active";
  const priority = query.get("priority") as Priority | null;
  return {
    name: name in VIEWS ? (name as ViewName) : "active",
    q: query.get("q") ?? "",
    tags: query.getAll("tag"),
    project: query.get("project"),
    priority: priority && PRIORITIES.includes(priority) ? priority : null,
  };
}

export function viewQuery(view: Partial<View>): string {
  const query = new URLSearchParams();
  if (view.name && view.name !== "active") query.set("view", view.name);
  if (view.project) query.set("project", view.project);
  for (const tag of view.tags ?? []) query.append("tag", tag);
  if (view.priority) query.set("priority", view.priority);
  if (view.q) query.set("q", view.q);
  return query.toString();
}

export function isFiltered({ q, tags, priority }: View): boolean {
  return q !== "" || tags.length > 0 || priority !== null;
}

export function titleOf({ name, tags, project }: View, projects: ReadonlyMap<string, Project>): string {
  if (project === INBOX) return "Inbox";
  if (project) return projects.get(project)?.name ?? "Project";
  return tags.length > 0 && name === "active" ? tags.map((tag) => `#${tag}`).join(" ") : VIEWS[name];
}

/** A moment as the list sees it: the instant, and the user's day. */
export interface Clock {
  now: number;
  today: string;
}

export function isOverdue(todo: Todo, { now, today }: Clock): boolean {
  if (todo.completed || !todo.due_date) return false;
  return todo.due_at ? Date.parse(todo.due_at) <= now : todo.due_date < today;
}

export function isInView(todo: Todo, name: ViewName, today: string, lingering: ReadonlySet<string>): boolean {
  if (name === "trash") return todo.deleted_at !== null;
  if (todo.deleted_at) return false;
  if (name === "completed") return todo.completed;
  if (todo.completed && !lingering.has(todo.id)) return false;
  if (name === "today") return todo.due_date !== null && todo.due_date <= today;
  if (name === "upcoming") return (todo.due_date ?? todo.start_date ?? "") > today;
  return true;
}

const haystacks = new WeakMap<Todo, string>();

function haystack(todo: Todo): string {
  const known = haystacks.get(todo) ?? `${todo.title}\n${todo.description}\n${todo.tags.join("\n")}`.toLowerCase();
  haystacks.set(todo, known);
  return known;
}

/** Whether a todo is what a view looks for. */
export function matcher({ project, priority, tags, q }: Pick<View, "q" | "tags" | "priority" | "project">) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return (todo: Todo): boolean =>
    (!project || project === (todo.project_id ?? INBOX)) &&
    (!priority || todo.priority === priority) &&
    tags.every((tag) => todo.tags.includes(tag)) &&
    words.every((word) => haystack(todo).includes(word));
}

const RANK: Record<Priority, number> = { none: 0, low: 1, medium: 2, high: 3, urgent: 4 };
const collator = lazy(() => new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }));

function compareTitles(one: Todo, other: Todo): number {
  return collator().compare(one.title, other.title);
}

/** Todos with a day first, in its order: the day on which they are due, or else that on which they start. */
function dueKey(todo: Todo): string {
  const day = todo.due_date ?? todo.start_date;
  return day ? `${day} ${todo.due_time ?? "24:00"}` : "9999";
}

const COMPARE: Record<string, (one: Todo, other: Todo) => number> = {
  created_at: (one, other) => compare(one.created_at, other.created_at),
  completed_at: (one, other) => compare(one.completed_at ?? "", other.completed_at ?? ""),
  updated_at: (one, other) => compare(one.updated_at, other.updated_at),
  due_at: (one, other) => compare(dueKey(one), dueKey(other)) || RANK[other.priority] - RANK[one.priority],
  priority: (one, other) => RANK[one.priority] - RANK[other.priority] || -compare(dueKey(one), dueKey(other)),
  title: compareTitles,
  position: (one, other) => compare(one.position, other.position) || compare(one.created_at, other.created_at),
};

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** The order of two todos in a sort such as `-due_at`. */
export function comparing(sort: string): (one: Todo, other: Todo) => number {
  const descending = sort.startsWith("-");
  const by = COMPARE[descending ? sort.slice(1) : sort] ?? compareNewest;
  const sign = descending ? -1 : 1;
  return (one, other) => sign * by(one, other) || compareNewest(one, other);
}

export function sortTodos(todos: Todo[], sort: string): Todo[] {
  return todos.sort(comparing(sort));
}

function compareNewest(one: Todo, other: Todo): number {
  return compare(other.created_at, one.created_at) || compare(other.id, one.id);
}
