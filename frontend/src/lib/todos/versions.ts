import type { Change, Project, Todo, TodoFields } from "../api/types";
import { FIELD_NAMES } from "./fields";

/** What a todo was then, as far as it can be so again: a project that is gone stays left. */
export function fieldsThen(then: Todo, projects: ReadonlyMap<string, Project>): Partial<TodoFields> {
  const { title, description, priority, tags, due_date, due_time, project_id } = then;
  const fields = { title, description, priority, tags, due_date, due_time };
  const { start_date = null, recurrence = null, reminders = [] } = then;
  const later = { start_date, recurrence, reminders };
  const project = projects.get(project_id ?? "");
  const known = project_id === null || (project && !project.deleted_at);
  return { ...fields, ...later, ...(known && !then.parent_id ? { project_id } : {}) };
}

/** What happened, in words. */
export function sayChange({ type, changed, previous, todo }: Change): string {
  const verb = type.split(".")[1] ?? "changed";
  if (verb !== "updated") return verb.charAt(0).toUpperCase() + verb.slice(1);
  if (changed.includes("title") && typeof previous.title === "string")
    return `Renamed “${previous.title}” to “${todo.title}”`;
  const names = new Set(changed.map((name) => FIELD_NAMES[name]).filter(Boolean));
  return `Changed ${[...names].join(", ") || "details"}`;
}
