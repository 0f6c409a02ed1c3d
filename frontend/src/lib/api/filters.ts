import type * as api from "./generated/types.gen";
import { asCommand, type Http } from "./http";

/** The calls of saved filters. */
export function filterCalls({ request }: Http) {
  return {
    list: (signal?: AbortSignal) => request<api.Filter[]>("GET", "/api/filters", { signal }),
    create: (json: api.CreateFilterData["body"], key: string) =>
      request<api.Filter>("POST", "/api/filters", { json, headers: asCommand(key) }),
    rename: (id: string, name: string, key: string) =>
      request<api.Filter>("PATCH", `/api/filters/${id}`, { json: { name }, headers: asCommand(key) }),
    move: (id: string, json: api.MoveFilterData["body"], key: string) =>
      request<api.Filter>("POST", `/api/filters/${id}/move`, { json, headers: asCommand(key) }),
    remove: (id: string, key: string) =>
      request<undefined>("DELETE", `/api/filters/${id}`, { headers: asCommand(key) }),
  };
}
