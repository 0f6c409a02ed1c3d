import type * as api from "./generated/types.gen";

/** The names by which the app calls the shapes of the API. */
export type {
  ApiToken,
  Change,
  Changes as ChangesPage,
  CreatedApiToken,
  DayAnswer as DailyStats,
  ImportReport,
  ListedCommand,
  Project,
  Recurrence,
  Session,
  Summary as Stats,
  Todo,
  User,
} from "./generated/types.gen";

export type Tokens = Required<Omit<api.Tokens, "refresh_token">>;
export type Priority = api.Todo["priority"];
/** An answer that is no problem document, from something in between, has its status at least. */
export type Problem = Pick<api.Problem, "status"> & Partial<api.Problem>;
export type BulkOperation = api.BulkRequest["operations"][number];

/** What a person writes of a todo. */
export type TodoFields = Pick<
  api.Todo,
  | "title"
  | "description"
  | "priority"
  | "tags"
  | "due_date"
  | "due_time"
  | "start_date"
  | "recurrence"
  | "reminders"
  | "project_id"
  | "parent_id"
>;

/** What a person writes of a project. */
export type ProjectFields = Pick<api.Project, "name" | "color" | "archived">;
