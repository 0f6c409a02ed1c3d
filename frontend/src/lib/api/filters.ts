import type * as api from "./generated/types.gen";
import type { Http } from "./http";

/** The calls of saved filters. */
export function filterCalls({ request }: Http) {
  return {
    list: (signal?: AbortSignal) => request<api.Filter[]>("GET", "/api/filters", { signal }),
    create: (json: api.CreateFilterData["body"]) => request<api.Filter>("POST", "/api/filters", { json }),
    rename: (id: string, name: string) => request<api.Filter>("PATCH", `/api/filters/${id}`, { json: { name } }),
    move: (id: string, json: api.MoveFilterData["body"]) =>
      request<api.Filter>("POST", `/api/filters/${id}/move`, { json }),
    remove: (id: string) => request<void>("DELETE", `/api/filters/${id}`),
  };
}
