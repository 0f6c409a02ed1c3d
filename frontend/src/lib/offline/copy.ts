import type { QueryClient } from "@tanstack/react-query";
import type { Project, Todo } from "../api/types";
import { byId } from "../by-id";
import { TODOS } from "../todos/cache";
import type { Collection } from "../todos/collection";
import { fact, readAll, type StoreName, transact } from "./database";
import { afterChanges, OLDEST_MS } from "./keeping";

const AT_ONCE = 250;

interface Position {
  sequence: number;
  at: number;
}

/** The todos and projects as they were kept last. */
export async function readCopy(database: IDBDatabase): Promise<Collection | null> {
  const position = await fact<Position>(database, "position");
  if (!position || Date.now() - position.at > OLDEST_MS) return null;
  const todos = await readAll<Todo>(database, "todos");
  const projects = await readAll<Project>(database, "projects");
  return { todos: byId(todos), projects: byId(projects), gone: new Map(), sequence: position.sequence };
}

/** Keeps the copy up to date, some time after each change. Returns what ends that. */
export function keepCopy(database: IDBDatabase, client: QueryClient, kept: Collection | null): () => void {
  let known = kept;
  return afterChanges(client, [TODOS], async () => {
    const state = client.getQueryState<Collection>(TODOS);
    // While the first pages come in, there is no number for what is there.
    if (!state?.data || state.fetchStatus !== "idle" || state.data === known) return;
    await keepChanges(database, known, state.data);
    known = state.data;
  });
}

/** What differs, a part at a time so that nothing waits for it; the number last: a part alone is only older. */
async function keepChanges(database: IDBDatabase, known: Collection | null, now: Collection): Promise<void> {
  await keepMap(database, "todos", known?.todos, now.todos);
  await keepMap(database, "projects", known?.projects, now.projects);
  const position: Position = { sequence: now.sequence, at: Date.now() };
  await transact(database, ["facts"], (store) => store("facts").put(position, "position"));
}

async function keepMap<T extends { id: string }>(
  database: IDBDatabase,
  name: StoreName,
  known: ReadonlyMap<string, T> | undefined,
  now: ReadonlyMap<string, T>,
): Promise<void> {
  const changed = [...now.values()].filter((each) => known?.get(each.id) !== each);
  const gone = [...(known?.keys() ?? [])].filter((id) => !now.has(id));
  for (let start = 0; start < Math.max(changed.length, gone.length); start += AT_ONCE) {
    await transact(database, [name], (store) => {
      for (const each of changed.slice(start, start + AT_ONCE)) store(name).put(each);
      for (const id of gone.slice(start, start + AT_ONCE)) store(name).delete(id);
    });
  }
}
