import type { FilterQuery } from "../api/generated/types.gen";
import type { Project, ProjectFields, Todo, TodoFields } from "../api/types";
import { spread } from "./trees";

/** What a person does to a todo. A write is one or more of these, made at once, shown at once, sent in order. */
export type TodoAction =
  | { op: "create"; id: string; fields: TodoFields }
  | {
      op: "update";
      id: string;
      fields: Partial<TodoFields>;
      base: Partial<TodoFields>;
      force?: boolean;
      seen?: number;
      said?: string;
    }
  | { op: "complete" | "reopen" | "delete" | "restore" | "purge"; id: string }
  | { op: "skip"; id: string; fields: Pick<TodoFields, "due_date"> }
  | MoveAction
  | UndoAction
  /** Takes back all that a token or a log-in has done after this number. */
  | { op: "undo-all"; id: ""; actor_id: string; since: number; what: string; force?: boolean }
  /** Brings everything back to that instant, or number of the sequence. */
  | { op: "bring-back"; id: ""; as_of: number | string; what: string };

/** Takes back what the service did by a command; with `force`, but for what was changed since. Taken back again it is redone. */
export interface UndoAction {
  op: "undo";
  /** Of the todo that the command is about, "" where it is about others too. */
  id: string;
  command: string;
  force?: boolean;
  /** What the command did, in words. */
  what: string;
  /** Whether it takes back that something was taken back. */
  again?: boolean;
}

interface Place {
  before_id?: string;
  after_id?: string;
}

/** `to` is for the service, `fields` are shown until it has answered, `said` is what is told of it. */
interface Move<To, Fields> {
  id: string;
  to: To & Place;
  fields: Fields & { position: string };
  said: string;
}

type Parents = Partial<Pick<TodoFields, "parent_id" | "project_id">>;
export type MoveAction = { op: "move" } & Move<Parents, Parents>;

/** What a person does to a project: each is a write of its own. */
export type ProjectAction =
  | { op: "create-project"; id: string; fields: ProjectFields }
  | { op: "update-project"; id: string; fields: Partial<ProjectFields>; base: Partial<ProjectFields> }
  | ({ op: "move-project" } & Move<object, object>)
  | { op: "delete-project" | "restore-project"; id: string };

/** What a person does to a saved filter: each is a write of its own. */
export type FilterAction =
  | { op: "create-filter"; id: string; fields: { name: string; query: FilterQuery } }
  | { op: "rename-filter"; id: string; fields: { name: string }; said: string }
  | ({ op: "move-filter" } & Move<object, object>)
  | { op: "delete-filter"; id: string };

export type Action = TodoAction | ProjectAction | FilterAction;

export interface Write {
  /** The idempotency key, and the id of the command: sending again after a broken connection does nothing twice. */
  key: string;
  userId: string;
  at: string;
  actions: Action[];
  /** The version of the todo that the person has seen. */
  seen?: number;
}

export const BLANK: TodoFields = {
  title: "",
  description: "",
  priority: "none",
  tags: [],
  due_date: null,
  due_time: null,
  start_date: null,
  recurrence: null,
  reminders: [],
  project_id: null,
  parent_id: null,
};
/** Behind every position that the server gives: what is new is the last one. */
export const LAST = "~";

/** Without those that a later one takes back. */
export function standing(writes: readonly Write[]): Write[] {
  const undone = new Set<string>();
  return writes
    .toReversed()
    .filter(({ key, actions }) => {
      if (undone.has(key)) return false;
      for (const action of actions) if (action.op === "undo") undone.add(action.command);
      return true;
    })
    .reverse();
}

/** The todos as they will be when the writes under way have succeeded. */
export function withWrites(todos: ReadonlyMap<string, Todo>, writes: readonly Write[]): ReadonlyMap<string, Todo> {
  if (writes.length === 0) return todos;
  const result = new Map(todos);
  let newest: string | undefined;
  for (const { at, userId, actions } of standing(writes)) {
    for (const action of actions) {
      if (isOfFilter(action)) continue;
      if (isOfProject(action)) hideDeleted(result, action, at);
      else if (action.op !== "create") for (const each of spread(result, action)) applyAction(result, each, at);
      else if (!result.has(action.id)) {
        newest = laterThan(newest ?? newestOf(todos), at);
        result.set(action.id, newTodo(action, newest, userId));
      }
    }
  }
  return result;
}

export function isOfFilter(action: Action): action is FilterAction {
  return action.op.endsWith("-filter");
}

function isOfProject(action: Action): action is ProjectAction {
  return action.op.endsWith("-project");
}

/** The todos of a project go to the trash with it. */
export function hideDeleted(todos: Map<string, Todo>, { op, id }: Action, at: string): void {
  if (op !== "delete-project") return;
  for (const todo of todos.values()) {
    if (todo.project_id === id && !todo.deleted_at) todos.set(todo.id, { ...todo, deleted_at: at });
  }
}

/** The projects as they will be when the writes under way have succeeded. */
export function withProjectWrites(
  projects: ReadonlyMap<string, Project>,
  writes: readonly Write[],
): ReadonlyMap<string, Project> {
  const under = standing(writes).filter(({ actions }) => actions.some(isOfProject));
  if (under.length === 0) return projects;
  const result = new Map(projects);
  for (const { at, actions } of under) {
    for (const action of actions.filter(isOfProject)) {
      const project = result.get(action.id) ?? newProject(action.id, at);
      result.set(action.id, { ...project, ...projectEffect(action, at) });
    }
  }
  return result;
}

function newProject(id: string, at: string): Project {
  const blank = { name: "", color: null, archived: false, position: LAST, version: 0, deleted_at: null };
  return { ...blank, id, created_at: at, updated_at: at };
}

function projectEffect(action: ProjectAction, at: string): Partial<Project> {
  if ("fields" in action) return action.fields;
  return { deleted_at: action.op === "delete-project" ? at : null };
}

function applyAction(todos: Map<string, Todo>, action: Action, at: string): void {
  const todo = todos.get(action.id);
  if (action.op === "purge") todos.delete(action.id);
  else if (todo) todos.set(action.id, { ...todo, ...effect(action, todo, at) });
}

function newestOf(todos: ReadonlyMap<string, Todo>): string {
  let newest = "";
  for (const { updated_at } of todos.values()) if (updated_at > newest) newest = updated_at;
  return newest;
}

/** A new todo is the newest, whatever this machine's clock says beside the server's: no row changes place when it is saved. */
function laterThan(newest: string, at: string): string {
  return newest < at ? at : new Date(Date.parse(newest) + 1).toISOString();
}

function effect(action: Action, todo: Todo, at: string): Partial<Todo> {
  switch (action.op) {
    case "update":
    case "skip":
    case "move":
      return "due_date" in action.fields || "due_time" in action.fields
        ? { ...action.fields, due_at: null }
        : action.fields;
    case "complete":
      return { completed: true, completed_at: todo.completed_at ?? at };
    case "reopen":
      return { completed: false, completed_at: null };
    case "delete":
      return { deleted_at: todo.deleted_at ?? at };
    case "restore":
      return { deleted_at: null };
    default:
      return {};
  }
}

function newTodo(action: { id: string; fields: TodoFields }, at: string, userId: string): Todo {
  return {
    ...action.fields,
    id: action.id,
    user_id: userId,
    position: LAST,
    series_id: null,
    occurrence_date: null,
    completed: false,
    completed_at: null,
    due_time_zone: null,
    due_at: null,
    created_at: at,
    updated_at: at,
    deleted_at: null,
    version: 0,
  };
}

/** Only the fields that differ, with the values they replace; null when nothing does. */
export function updateOf(todo: Todo, wanted: Partial<TodoFields>): Extract<Action, { op: "update" }> | null {
  const names = (Object.keys(wanted) as (keyof TodoFields)[]).filter((name) => !same(todo[name], wanted[name]));
  if (names.length === 0) return null;
  const pick = (source: Partial<TodoFields>) => Object.fromEntries(names.map((name) => [name, source[name]]));
  return { op: "update", id: todo.id, fields: pick(wanted), base: pick(todo), seen: todo.version };
}

export function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

const DONE: Record<Action["op"], string> = {
  create: "added",
  update: "changed",
  complete: "completed",
  reopen: "reopened",
  delete: "moved to the trash",
  restore: "restored",
  purge: "deleted for good",
  skip: "moved on to its next day",
  undo: "taken back",
  "undo-all": "taken back",
  "bring-back": "brought back",
  move: "moved",
  "move-project": "moved",
  "move-filter": "moved",
  "create-filter": "is saved as a filter",
  "rename-filter": "renamed",
  "delete-filter": "is no longer a filter",
  "create-project": "added",
  "update-project": "changed",
  "delete-project": "moved to the trash, with its todos",
  "restore-project": "restored",
};

/** "“Buy milk” completed", "3 todos moved to the trash". */
export function sayDone(actions: readonly Action[], titleOf: (id: string) => string): string {
  const first = actions[0];
  if (!first) return "";
  const what = actions.length === 1 ? `“${shorten(titleOf(first.id))}”` : `${actions.length} todos`;
  return `${what} ${("said" in first && first.said) || DONE[first.op]}`;
}

function shorten(title: string): string {
  return title.length > 40 ? `${title.slice(0, 39)}…` : title;
}
