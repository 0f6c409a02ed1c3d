import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { Api, ListQuery } from "../api/endpoints";
import type { Todo } from "../api/types";
import { collectionOf, mutate, sequenceOf, TODOS } from "./cache";
import { type Collection, EMPTY, keepListed, upsert, upsertProjects } from "./collection";

const PAGE = 500;

/** All projects, and every todo but the trash; the newest are shown while the rest comes in. Live events keep the collection true afterwards. */
export function todosQuery(api: Api) {
  return queryOptions({
    queryKey: TODOS,
    queryFn: ({ client, signal }) => loadAll(api, client, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
}

async function loadAll(api: Api, client: QueryClient, signal: AbortSignal): Promise<Collection> {
  const listed: Todo[] = [];
  const projects = api.listProjects(signal);
  // Awaited below: where a page fails first, nothing waits for them any more.
  projects.catch(() => undefined);
  let sequence: number | null = null;
  for await (const page of pages(api, { limit: PAGE }, signal)) {
    listed.push(...page.todos);
    if (sequence !== null) continue;
    // Changes that happen while projects and pages are read arrive as events after the lower number of the first two.
    const { data, headers } = await projects;
    const asOf = Math.min(page.sequence, sequenceOf(headers));
    sequence = asOf;
    client.setQueryData<Collection>(TODOS, (known) => {
      const merged = upsertProjects(upsert(known ?? EMPTY, page.todos), data);
      return { ...merged, sequence: Math.max(merged.sequence, asOf) };
    });
  }
  const ids = new Set(listed.map((todo) => todo.id));
  return keepListed(upsert(collectionOf(client), listed), ids, sequence ?? 0);
}

/** The trash, read when its view is opened. */
export function trashQuery(api: Api) {
  return queryOptions({
    queryKey: ["trash"],
    queryFn: async ({ client, signal }) => {
      for await (const page of pages(api, { limit: PAGE, status_filter: "deleted" }, signal)) {
        mutate(client, (collection) => upsert(collection, page.todos));
      }
      return true;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

interface Page {
  todos: Todo[];
  sequence: number;
}

async function* pages(api: Api, query: ListQuery, signal: AbortSignal): AsyncGenerator<Page> {
  let answer = await api.listTodos(query, signal);
  for (;;) {
    yield { todos: answer.data, sequence: sequenceOf(answer.headers) };
    const next = nextLink(answer.headers.get("link"));
    if (!next) return;
    answer = await api.listNext(next, signal);
  }
}

/** The path of `rel="next"`: always asked of this origin, whatever host the link names. */
export function nextLink(header: string | null): string | null {
  const target = header?.match(/<([^>]+)>\s*;[^,]*rel="?next"?/)?.[1];
  if (!target) return null;
  const url = new URL(target, location.origin);
  return url.pathname + url.search;
}
