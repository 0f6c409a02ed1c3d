import type { QueryClient } from "@tanstack/react-query";
import type { Api } from "../api/endpoints";
import type { Http } from "../api/http";
import { type Collection, EMPTY } from "./collection";

export const TODOS = ["todos"] as const;

/** The API, and the cache that its answers are put into. */
export interface Cached {
  api: Api;
  client: QueryClient;
}

/** What writes are sent with. */
export interface Remote extends Cached {
  http: Http;
}

export function sequenceOf(headers: Headers): number {
  return Number(headers.get("todo-sequence") ?? 0);
}

export function collectionOf(client: QueryClient): Collection {
  return client.getQueryData<Collection>(TODOS) ?? EMPTY;
}

export function mutate(client: QueryClient, change: (collection: Collection) => Collection): void {
  client.setQueryData<Collection>(TODOS, (collection) => collection && change(collection));
}
