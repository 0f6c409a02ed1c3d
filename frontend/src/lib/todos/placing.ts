import type { Todo } from "../api/types";
import { beside } from "./moves";
import { above, below, DEEPEST } from "./trees";
import { sortTodos } from "./views";
import type { Action } from "./writes";

type Todos = ReadonlyMap<string, Todo>;

/** Where a todo goes: below a parent or at the top of a project, and after which of those that are there already. */
export interface Placing {
  project_id: string | null;
  parent_id: string | null;
  /** An id, or the first or the last of them. */
  after: string;
}

export const FIRST = "first";
export const LAST = "last";

/** The todos of a project that a todo can be a subtask of, with how deep each is. */
export function parentsFor(todos: Todos, todo: Todo, project_id: string | null): { todo: Todo; depth: number }[] {
  const own = below(todos, todo.id);
  const levels = 1 + Math.max(0, ...own.map(({ id }) => above(todos, id).findIndex((each) => each.id === todo.id) + 1));
  const taken = new Set([todo, ...own].map(({ id }) => id));
  const found: { todo: Todo; depth: number }[] = [];
  function add(parent: string | null, depth: number): void {
    if (depth + levels >= DEEPEST) return;
    for (const each of childrenOf(todos, project_id, parent)) {
      if (taken.has(each.id)) continue;
      found.push({ todo: each, depth });
      add(each.id, depth + 1);
    }
  }
  add(null, 0);
  return found;
}

/** The open todos right below a parent, or at the top of a project, in the user's order. */
export function childrenOf(todos: Todos, project_id: string | null, parent_id: string | null): Todo[] {
  const found = [...todos.values()].filter(
    (todo) => !todo.deleted_at && !todo.completed && todo.project_id === project_id && todo.parent_id === parent_id,
  );
  return sortTodos(found, "position");
}

/** The move to a place; null where the todo is there already. */
export function toPlacing(todos: Todos, todo: Todo, { project_id, parent_id, after }: Placing): Action | null {
  const siblings = childrenOf(todos, project_id, parent_id);
  const rest = siblings.filter(({ id }) => id !== todo.id);
  const gap = after === FIRST ? 0 : after === LAST ? rest.length : rest.findIndex(({ id }) => id === after) + 1;
  if (siblings.indexOf(todo) === gap) return null;
  const [before, next] = [rest[gap - 1], rest[gap]];
  const said = before ? `is now after “${before.title}”` : next ? `is now before “${next.title}”` : "moved";
  return beside(todos, todo, { project_id, parent_id }, said, before, before ? undefined : next);
}
