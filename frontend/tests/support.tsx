import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { Toasts } from "@/components/Toasts";
import { TodosProvider } from "@/components/todos/TodosProvider";
import type { Project, Stats, Todo, User } from "@/lib/api/types";
import { AppContext, createApp, useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { TODOS } from "@/lib/todos/cache";
import type { Collection } from "@/lib/todos/collection";
import { uuid7 } from "@/lib/uuid";

export const USER: User = {
  id: "0193a000-0000-7000-8000-000000000001",
  email: "mia@example.org",
  display_name: "Mia",
  time_zone: "UTC",
  week_start: "monday",
  day_start_hour: 0,
  daily_goal: 5,
  created_at: "2026-01-01T00:00:00.000000Z",
};

let made = 0;

export function todo(fields: Partial<Todo> = {}): Todo {
  made += 1;
  return {
    id: uuid7(),
    user_id: USER.id,
    title: `Todo ${made}`,
    description: "",
    completed: false,
    priority: "none",
    tags: [],
    due_date: null,
    due_time: null,
    due_time_zone: null,
    due_at: null,
    completed_at: null,
    created_at: new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString(),
    updated_at: "2026-01-01T00:00:00.000000Z",
    deleted_at: null,
    project_id: null,
    parent_id: null,
    position: `a${String(made).padStart(6, "0")}`,
    start_date: null,
    recurrence: null,
    series_id: null,
    occurrence_date: null,
    reminders: [],
    version: made,
    ...fields,
  };
}

export function project(fields: Partial<Project> = {}): Project {
  made += 1;
  return {
    id: uuid7(),
    name: `Project ${made}`,
    color: null,
    archived: false,
    position: `a${String(made).padStart(6, "0")}`,
    created_at: "2026-01-01T00:00:00.000000Z",
    updated_at: "2026-01-01T00:00:00.000000Z",
    deleted_at: null,
    version: made,
    ...fields,
  };
}

/** What a row can do, watched. */
export function itemActions() {
  return {
    toggle: vi.fn(),
    remove: vi.fn(),
    restore: vi.fn(),
    edit: vi.fn(),
    move: vi.fn(),
    select: vi.fn(),
    save: vi.fn(),
  };
}

export function collection(todos: Todo[], projects: Project[] = []): Collection {
  return {
    todos: new Map(todos.map((each) => [each.id, each])),
    projects: new Map(projects.map((each) => [each.id, each])),
    gone: new Map(),
    sequence: 100,
  };
}

export const STATS: Stats = {
  user_id: USER.id,
  total: 10,
  completed: 4,
  active: 6,
  overdue: 1,
  completion_rate: 0.4,
  created_today: 2,
  completed_today: 2,
  completed_this_week: 4,
  streak: { current: 3, longest: 8, last_active_date: "2026-11-22" },
  goal: { daily: 5, done: 2 },
  by_priority: {
    none: { total: 6, completed: 2 },
    low: { total: 1, completed: 0 },
    medium: { total: 1, completed: 1 },
    high: { total: 1, completed: 1 },
    urgent: { total: 1, completed: 0 },
  },
  by_tag: [{ tag: "home", total: 3, completed: 1 }],
  by_project: [{ project_id: null, total: 10, completed: 4 }],
  other_tags: { count: 0, total: 0, completed: 0 },
  time_zone: "UTC",
  as_of: "2026-11-22T12:00:00.000000Z",
  as_of_sequence: 100,
  stale: false,
};

export interface Call {
  method: string;
  path: string;
  headers: Headers;
  body: unknown;
}

interface Reply {
  status?: number;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
}

type Handler = (call: Call) => Reply | Promise<Reply>;

/** Answers `fetch` by a table of "METHOD /path" (without the query); what is not in it fails the test by a 501. */
export function answerWith(routes: Record<string, Handler | Reply>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const call = callOf(input, init);
    calls.push(call);
    const route = routes[`${call.method} ${call.path.split("?")[0]}`] ?? routes[`${call.method} *`] ?? { status: 501 };
    const reply = typeof route === "function" ? await route(call) : route;
    return responseOf(reply);
  });
  return calls;
}

function callOf(path: string, init: RequestInit): Call {
  const body = typeof init.body === "string" ? JSON.parse(init.body) : init.body;
  return { method: init.method ?? "GET", path, headers: new Headers(init.headers), body };
}

function responseOf({ status = 200, json, text, headers = {} }: Reply): Response {
  const type = status >= 400 && json ? "application/problem+json" : "application/json";
  const body = status === 204 || status === 304 ? null : (text ?? JSON.stringify(json ?? null));
  return new Response(body, {
    status,
    headers: { "content-type": text === undefined ? type : "text/html", ...headers },
  });
}

export function problem(status: number, code: string, more: Record<string, unknown> = {}): Reply {
  return { status, json: { type: "about:blank", title: code, status, code, request_id: "request-1", ...more } };
}

interface Rendered {
  client: QueryClient;
}

/** Renders with todos that are already there, so that nothing is fetched for them. */
export function renderWith(children: ReactNode, todos: Todo[] = [], projects: Project[] = []): Rendered {
  const app = createApp();
  const { client } = app;
  app.preferences.load();
  client.setDefaultOptions({ queries: { retry: false } });
  client.setQueryData(TODOS, collection(todos, projects));
  render(
    <AppContext value={app}>
      <QueryClientProvider client={client}>
        <TodosProvider user={USER}>{children}</TodosProvider>
        <Toasts />
      </QueryClientProvider>
    </AppContext>,
  );
  return { client };
}

/** Answers what the page asks before it takes something away. */
export function Yes() {
  const question = useStore(useApp().questions, null);
  if (!question) return null;
  return (
    <button type="button" onClick={() => question.answer(true)}>
      Yes
    </button>
  );
}
