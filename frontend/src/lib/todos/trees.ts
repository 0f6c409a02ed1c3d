import type { Todo } from "../api/types";
import type { Action } from "./writes";

/** Levels of a tree of todos, the uppermost one counted. */
export const DEEPEST = 5;

type Todos = ReadonlyMap<string, Todo>;

/** The todos below one, the deeper ones later. */
export function below(todos: Todos, id: string): Todo[] {
  const found = new Set([id]);
  const result: Todo[] = [];
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const todo of todos.values()) {
      if (!todo.parent_id || !found.has(todo.parent_id) || found.has(todo.id)) continue;
      found.add(todo.id);
      result.push(todo);
    }
  }
  return result;
}

/** The todos above one, the nearest first. */
export function above(todos: Todos, id: string): Todo[] {
  const result: Todo[] = [];
  let todo = todos.get(todos.get(id)?.parent_id ?? "");
  while (todo && !result.includes(todo)) {
    result.push(todo);
    todo = todos.get(todo.parent_id ?? "");
  }
  return result;
}

const GOES_ALONG: Partial<Record<Action["op"], (todo: Todo, top: Todo) => boolean>> = {
  complete: (todo) => !todo.completed && !todo.deleted_at,
  delete: (todo) => !todo.deleted_at,
  restore: (todo, top) => todo.deleted_at === top.deleted_at,
  purge: () => true,
};

/**
 * An action, and what it does to other todos as actions of their own: a todo is completed, deleted, restored and put
 * into a project with those below it, and reopened with those above it.
 */
export function spread(todos: Todos, action: Action): Action[] {
  const { id, op } = action;
  const top = todos.get(id);
  if (!top) return [action];
  if (op === "reopen" && top.parent_id) {
    const done = above(todos, id).filter(({ completed }) => completed);
    return [action, ...done.map((todo): Action => ({ op, id: todo.id }))];
  }
  if ("fields" in action && "project_id" in action.fields) {
    const fields = { project_id: action.fields.project_id };
    return [action, ...below(todos, id).map((todo): Action => ({ op: "update", id: todo.id, fields, base: {} }))];
  }
  const goes = GOES_ALONG[op];
  if (!goes) return [action];
  const along = below(todos, id).filter((todo) => goes(todo, top));
  return [action, ...along.map((todo) => ({ op, id: todo.id }) as Action)];
}

export interface Progress {
  done: number;
  total: number;
}

/** How many subtasks the todos have that have any, and how many of these are done. */
export function progressOf(todos: Todos): ReadonlyMap<string, Progress> {
  const result = new Map<string, Progress>();
  for (const { parent_id, completed, deleted_at } of todos.values()) {
    if (!parent_id || deleted_at) continue;
    const { done, total } = result.get(parent_id) ?? { done: 0, total: 0 };
    result.set(parent_id, { done: done + Number(completed), total: total + 1 });
  }
  return result;
}
