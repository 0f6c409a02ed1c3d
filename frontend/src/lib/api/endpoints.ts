import type * as api from "./generated/types.gen";
import { asCommand, type Http } from "./http";
import type { BulkOperation, Change, ChangesPage, DailyStats, Project, Stats, Todo, Tokens } from "./types";

export type ListQuery = Pick<NonNullable<api.ListTodosData["query"]>, "status_filter" | "limit">;

export type Api = ReturnType<typeof createApi>;

/**
 * One function per call that a list, the log-in page or the session makes. Bodies and queries are those of the API
 * document. What only one page or dialog calls is in a file of its own next to this one, which loads with that page.
 */
export function createApi({ request, send }: Http) {
  return {
    logIn: (email: string, password: string) => {
      const json: api.LoginData["body"] = { email, password, refresh: "cookie" };
      return request<Tokens | api.Pending>("POST", "/api/auth/login", { json, anonymous: true });
    },

    refresh: () => request<Tokens>("POST", "/api/auth/refresh", { anonymous: true }),
    logOut: () => request<void>("POST", "/api/auth/logout"),
    logOutEverywhere: () => request<void>("POST", "/api/auth/logout-all"),
    listTodos: (query: ListQuery, signal?: AbortSignal) => request<Todo[]>("GET", "/api/todos", { query, signal }),

    /** A further page of a list, by the path that the page before it names. */
    listNext: (path: string, signal?: AbortSignal) => request<Todo[]>("GET", path, { signal }),

    getTodo: (id: string) => request<Todo>("GET", `/api/todos/${id}`),

    createTodo: (json: api.CreateTodoData["body"], key: string) =>
      request<Todo>("POST", "/api/todos", { json, headers: asCommand(key) }),

    updateTodo: (id: string, json: api.PatchTodoData["body"], key: string, version?: number) =>
      request<Todo>("PATCH", `/api/todos/${id}`, {
        json,
        headers: version === undefined ? asCommand(key) : { ...asCommand(key), "if-match": `"${version}"` },
      }),

    actOnTodo: (id: string, action: "complete" | "reopen" | "restore" | "skip", key: string) =>
      request<Todo>("POST", `/api/todos/${id}/${action}`, { headers: asCommand(key) }),

    moveTodo: (id: string, json: api.MoveTodoData["body"], key: string) =>
      request<Todo>("POST", `/api/todos/${id}/move`, { json, headers: asCommand(key) }),

    deleteTodo: (id: string, key: string, permanent?: boolean) =>
      request<void>("DELETE", `/api/todos/${id}`, { query: { permanent }, headers: asCommand(key) }),

    listProjects: (signal?: AbortSignal) => request<Project[]>("GET", "/api/projects", { signal }),

    createProject: (json: api.CreateProjectData["body"], key: string) =>
      request<Project>("POST", "/api/projects", { json, headers: asCommand(key) }),

    updateProject: (id: string, json: api.PatchProjectData["body"], key: string) =>
      request<Project>("PATCH", `/api/projects/${id}`, { json, headers: asCommand(key) }),

    deleteProject: (id: string, key: string) =>
      request<void>("DELETE", `/api/projects/${id}`, { headers: asCommand(key) }),
    moveProject: (id: string, json: api.MoveProjectData["body"], key: string) =>
      request<Project>("POST", `/api/projects/${id}/move`, { json, headers: asCommand(key) }),

    restoreProject: (id: string, key: string) =>
      request<Project>("POST", `/api/projects/${id}/restore`, { headers: asCommand(key) }),

    bulk: (operations: BulkOperation[], key: string) =>
      request<api.BulkResults>("POST", "/api/todos/bulk", { json: { operations }, headers: asCommand(key) }),

    getHistory: (id: string, signal?: AbortSignal) => request<Change[]>("GET", `/api/todos/${id}/history`, { signal }),

    getChanges: (since: number, signal?: AbortSignal) =>
      request<ChangesPage>("GET", "/api/changes", { query: { since, limit: 500 }, signal }),

    getStats: (minSequence: number, signal?: AbortSignal) =>
      request<Stats>("GET", "/api/stats", { query: { min_sequence: minSequence || undefined }, signal }),

    getDailyStats: (query: Pick<NonNullable<api.GetDailyData["query"]>, "from" | "to">, signal?: AbortSignal) =>
      request<DailyStats[]>("GET", "/api/stats/daily", { query, signal }),

    openStream: (since: number | null, signal: AbortSignal) =>
      send("GET", "/api/events/stream", {
        headers: { accept: "text/event-stream", ...(since === null ? {} : { "last-event-id": String(since) }) },
        signal,
      }),
  };
}
