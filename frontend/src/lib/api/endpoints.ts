import { type Answer, request, send } from "./http";
import type {
  BulkOperation,
  Change,
  ChangesPage,
  DailyStats,
  Session,
  Stats,
  Todo,
  TodoFields,
  Tokens,
  User,
} from "./types";

/** One function per call of the API that the app makes. */

interface Registration {
  email: string;
  password: string;
  display_name?: string;
  time_zone?: string;
}

export const register = (body: Registration) =>
  request<User>("POST", "/api/auth/register", { json: body, anonymous: true });

export const logIn = (email: string, password: string) =>
  request<Tokens>("POST", "/api/auth/login", { json: { email, password, refresh: "cookie" }, anonymous: true });

export const refresh = () => request<Tokens>("POST", "/api/auth/refresh", { anonymous: true });
export const logOut = () => request<void>("POST", "/api/auth/logout");
export const logOutEverywhere = () => request<void>("POST", "/api/auth/logout-all");
export const getSessions = (signal?: AbortSignal) => request<Session[]>("GET", "/api/auth/sessions", { signal });
export const endSession = (id: string) => request<void>("DELETE", `/api/auth/sessions/${id}`);

export const changePassword = (current_password: string, new_password: string) =>
  request<void>("POST", "/api/auth/password", { json: { current_password, new_password } });

export const updateUser = (fields: Partial<User>) => request<User>("PATCH", "/api/users/me", { json: fields });
export const deleteUser = (password: string) => request<void>("DELETE", "/api/users/me", { json: { password } });

export const listTodos = (query: Record<string, string | number | undefined>, signal?: AbortSignal) =>
  request<Todo[]>("GET", "/api/todos", { query, signal });

export const getTodo = (id: string) => request<Todo>("GET", `/api/todos/${id}`);

export const createTodo = (todo: Partial<TodoFields> & { id: string }, key: string) =>
  request<Todo>("POST", "/api/todos", { json: todo, headers: { "idempotency-key": key } });

export const updateTodo = (id: string, fields: Partial<TodoFields>, version?: number) =>
  request<Todo>("PATCH", `/api/todos/${id}`, {
    json: fields,
    headers: version === undefined ? {} : { "if-match": `"${version}"` },
  });

export const actOnTodo = (id: string, action: "complete" | "reopen" | "restore") =>
  request<Todo>("POST", `/api/todos/${id}/${action}`);

export const deleteTodo = (id: string, permanent = false) =>
  request<void>("DELETE", `/api/todos/${id}`, { query: permanent ? { permanent } : {} });

export const bulk = (operations: BulkOperation[], key: string): Promise<Answer<{ results: unknown[] }>> =>
  request("POST", "/api/todos/bulk", { json: { operations }, headers: { "idempotency-key": key } });

export const getHistory = (id: string, signal?: AbortSignal) =>
  request<Change[]>("GET", `/api/todos/${id}/history`, { signal });

export const getChanges = (since: number, signal?: AbortSignal) =>
  request<ChangesPage>("GET", "/api/changes", { query: { since, limit: 500 }, signal });

export const getStats = (minSequence: number, signal?: AbortSignal) =>
  request<Stats>("GET", "/api/stats", { query: { min_sequence: minSequence || undefined }, signal });

export const getDailyStats = (from: string, to: string, signal?: AbortSignal) =>
  request<DailyStats[]>("GET", "/api/stats/daily", { query: { from, to }, signal });

export const exportTodos = (format: "json" | "csv") => send("GET", "/api/export", { query: { format } });

export const importTodos = (file: Blob, type: string, dryRun: boolean) =>
  request<Record<string, unknown>>("POST", "/api/import", {
    query: { dry_run: dryRun },
    body: file,
    headers: { "content-type": type },
  });

export const openStream = (since: number | null, signal: AbortSignal) =>
  send("GET", "/api/events/stream", {
    headers: { accept: "text/event-stream", ...(since === null ? {} : { "last-event-id": String(since) }) },
    signal,
  });
