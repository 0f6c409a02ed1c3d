import type { Change, Project, Todo } from "../api/types";

/** All todos and projects of the user in their newest known versions; the trash only after it has been opened. */
export interface Collection {
  todos: ReadonlyMap<string, Todo>;
  projects: ReadonlyMap<string, Project>;
  /** Purged todos with the version that purged them, so that a late page cannot bring them back. */
  gone: ReadonlyMap<string, number>;
  /** Every change up to this number is in here. */
  sequence: number;
}

export const EMPTY: Collection = { todos: new Map(), projects: new Map(), gone: new Map(), sequence: 0 };

/** Newest version wins, so order and repetition of what arrives do not matter. */
export function upsert(collection: Collection, incoming: readonly Todo[]): Collection {
  const newer = incoming.filter((todo) => isNews(collection, todo));
  if (newer.length === 0) return collection;
  const todos = new Map(collection.todos);
  for (const todo of newer) todos.set(todo.id, todo);
  return { ...collection, todos };
}

function isNews({ todos, gone }: Collection, todo: Todo): boolean {
  const known = todos.get(todo.id)?.version ?? gone.get(todo.id) ?? -1;
  return todo.version > known;
}

export function purge(collection: Collection, id: string, version: number): Collection {
  const todos = new Map(collection.todos);
  todos.delete(id);
  return { ...collection, todos, gone: new Map(collection.gone).set(id, version) };
}

export function upsertProjects(collection: Collection, incoming: readonly Project[]): Collection {
  const newer = incoming.filter(({ id, version }) => version > (collection.projects.get(id)?.version ?? -1));
  if (newer.length === 0) return collection;
  const projects = new Map(collection.projects);
  for (const project of newer.sort((one, other) => one.version - other.version)) projects.set(project.id, project);
  return { ...collection, projects };
}

/** A change of something else than these, such as a saved filter, counts in the sequence and has neither. */
export type AnyChange = Pick<Change, "sequence" | "type"> & { todo?: Todo; project?: Project };

/** The changes are all there are after the collection's number. */
export function applyChanges(collection: Collection, changes: readonly AnyChange[]): Collection {
  const sequence = changes.reduce((highest, change) => Math.max(highest, change.sequence), collection.sequence);
  return { ...takeIn(collection, changes), sequence };
}

/** Some changes, before those between have arrived. */
export function takeIn(collection: Collection, changes: readonly AnyChange[]): Collection {
  let result = upsert(collection, newestOfEach(changes));
  result = upsertProjects(
    result,
    changes.flatMap(({ project }) => project ?? []),
  );
  for (const change of changes) {
    if (change.type.startsWith("todo.purged") && change.todo) result = purge(result, change.todo.id, change.sequence);
  }
  return result;
}

function newestOfEach(changes: readonly AnyChange[]): Todo[] {
  const newest = new Map<string, Todo>();
  for (const { todo } of changes) {
    if (todo && (newest.get(todo.id)?.version ?? -1) < todo.version) newest.set(todo.id, todo);
  }
  return [...newest.values()];
}

/** After a full listing as of `sequence`: what was not listed and has not changed since is no longer there. */
export function keepListed(collection: Collection, listed: ReadonlySet<string>, sequence: number): Collection {
  const todos = new Map(collection.todos);
  for (const todo of collection.todos.values()) {
    if (!listed.has(todo.id) && !todo.deleted_at && todo.version <= sequence) todos.delete(todo.id);
  }
  return { ...collection, todos };
}
