import type * as api from "./generated/types.gen";
import { request, send } from "./http";
import type {
  BulkOperation,
  Change,
  ChangesPage,
  DailyStats,
  ImportReport,
  Session,
  Stats,
  Todo,
  Tokens,
  User,
} from "./types";

/** One function per call of the API that the app makes. Bodies and queries are those of the API document. */

export const register = (json: api.RegisterData["body"]) =>
  request<User>("POST", "/api/auth/register", { json, anonymous: true });

export const logIn = (email: string, password: string) => {
  const json: api.LoginData["body"] = { email, password, refresh: "cookie" };
  return request<Tokens>("POST", "/api/auth/login", { json, anonymous: true });
};

export const refresh = () => request<Tokens>("POST", "/api/auth/refresh", { anonymous: true });
export const logOut = () => request<void>("POST", "/api/auth/logout");
export const logOutEverywhere = () => request<void>("POST", "/api/auth/logout-all");
export const getSessions = (signal?: AbortSignal) => request<Session[]>("GET", "/api/auth/sessions", { signal });
export const endSession = (id: string) => request<void>("DELETE", `/api/auth/sessions/${id}`);

export const changePassword = (json: api.ChangePasswordData["body"]) =>
  request<void>("POST", "/api/auth/password", { json });

export const updateUser = (json: api.UpdateMeData["body"]) => request<User>("PATCH", "/api/users/me", { json });
export const deleteUser = (json: api.DeleteMeData["body"]) => request<void>("DELETE", "/api/users/me", { json });

type ListQuery = Pick<NonNullable<api.ListTodosData["query"]>, "status_filter" | "limit">;

export const listTodos = (query: ListQuery, signal?: AbortSignal) =>
  request<Todo[]>("GET", "/api/todos", { query, signal });

export const getTodo = (id: string) => request<Todo>("GET", `/api/todos/${id}`);

export const createTodo = (json: api.CreateTodoData["body"], key: string) =>
  request<Todo>("POST", "/api/todos", { json, headers: { "idempotency-key": key } });

export const updateTodo = (id: string, json: api.PatchTodoData["body"], version?: number) =>
  request<Todo>("PATCH", `/api/todos/${id}`, {
    json,
    headers: version === undefined ? {} : { "if-match": `"${version}"` },
  });

export const actOnTodo = (id: string, action: "complete" | "reopen" | "restore") =>
  request<Todo>("POST", `/api/todos/${id}/${action}`);

export const deleteTodo = (id: string, permanent = false) =>
  request<void>("DELETE", `/api/todos/${id}`, { query: permanent ? { permanent } : {} });

export const bulk = (operations: BulkOperation[], key: string) =>
  request<api.BulkResults>("POST", "/api/todos/bulk", { json: { operations }, headers: { "idempotency-key": key } });

export const getHistory = (id: string, signal?: AbortSignal) =>
  request<Change[]>("GET", `/api/todos/${id}/history`, { signal });

export const getChanges = (since: number, signal?: AbortSignal) =>
  request<ChangesPage>("GET", "/api/changes", { query: { since, limit: 500 }, signal });

export const getStats = (minSequence: number, signal?: AbortSignal) =>
  request<Stats>("GET", "/api/stats", { query: { min_sequence: minSequence || undefined }, signal });

export const getDailyStats = (
  query: Pick<NonNullable<api.GetDailyData["query"]>, "from" | "to">,
  signal?: AbortSignal,
) => request<DailyStats[]>("GET", "/api/stats/daily", { query, signal });

export const exportTodos = (format: "json" | "csv") => send("GET", "/api/export", { query: { format } });

export const importTodos = (file: Blob, type: string, dryRun: boolean) =>
  request<ImportReport>("POST", "/api/import", {
    query: { dry_run: dryRun },
    body: file,
    headers: { "content-type": type },
  });

export const openStream = (since: number | null, signal: AbortSignal) =>
  send("GET", "/api/events/stream", {
    headers: { accept: "text/event-stream", ...(since === null ? {} : { "last-event-id": String(since) }) },
    signal,
  });
