/** The shapes of the API contract that the app works with. */
export type Priority = "none" | "low" | "medium" | "high" | "urgent";

export interface User {
  id: string;
  email: string;
  display_name: string;
  time_zone: string;
  week_start: "monday" | "sunday" | "saturday";
  day_start_hour: number;
  daily_goal: number;
  created_at: string;
}

export interface Tokens {
  access_token: string;
  token_type: string;
  expires_in: number;
  user: User;
}

export interface Session {
  id: string;
  created_at: string;
  last_used_at: string;
  user_agent: string | null;
  ip: string | null;
  current: boolean;
}

export interface Todo {
  id: string;
  user_id: string;
  title: string;
  description: string;
  completed: boolean;
  priority: Priority;
  tags: string[];
  due_date: string | null;
  due_time: string | null;
  due_time_zone: string | null;
  due_at: string | null;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  version: number;
}

export type TodoFields = Pick<Todo, "title" | "description" | "priority" | "tags" | "due_date" | "due_time">;

export interface Change {
  sequence: number;
  type: string;
  todo: Todo;
  changed: string[];
  previous: Record<string, unknown>;
  occurred_at: string;
}

export interface ChangesPage {
  changes: Change[];
  sequence: number;
  has_more: boolean;
}

export interface BulkOperation {
  op: "create" | "update" | "complete" | "reopen" | "delete" | "restore";
  id?: string;
  todo?: Partial<TodoFields>;
  if_version?: number;
}

export interface Stats {
  user_id: string;
  total: number;
  completed: number;
  active: number;
  overdue: number;
  completion_rate: number;
  created_today: number;
  completed_today: number;
  completed_this_week: number;
  streak: { current: number; longest: number; last_active_date: string | null };
  goal: { daily: number; done: number };
  by_priority: Record<Priority, { total: number; completed: number }>;
  by_tag: { tag: string; total: number; completed: number }[];
  time_zone: string;
  as_of: string;
  as_of_sequence: number;
  stale: boolean;
}

export interface DailyStats {
  date: string;
  created: number;
  completed: number;
  active_at_end: number;
}

export interface Problem {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: { pointer: string; detail: string }[];
}
