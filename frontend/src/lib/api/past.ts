import type * as api from "./generated/types.gen";
import type { Http } from "./http";
import type { Project, Stats, Todo } from "./types";

/** Todos, projects and statistics as they were at an instant. */
export function pastCalls({ request }: Http) {
  return {
    getTodosThen: (query: api.ListTodosData["query"], signal: AbortSignal) =>
      request<Todo[]>("GET", "/api/todos", { query: query as Record<string, string | number>, signal }),

    getProjectsThen: (as_of: number | string, signal: AbortSignal) =>
      request<Project[]>("GET", "/api/projects", { query: { as_of }, signal }),

    getStatsThen: (as_of: number | string, signal: AbortSignal) =>
      request<Stats>("GET", "/api/stats", { query: { as_of }, signal }),
  };
}
