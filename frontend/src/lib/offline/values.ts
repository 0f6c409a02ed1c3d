import type { Project, Todo, TodoFields } from "../api/types";
import { formatDay } from "../time";
import { PRIORITY_NAMES } from "../todos/views";
import { type Action, updateOf } from "../todos/writes";

/** The value of a field, in words. */
export function sayValue(field: string, value: unknown, projects: ReadonlyMap<string, Project>): string {
  if (field === "deleted_at" || field === "in the trash") return value ? "In the trash" : "Not in the trash";
  if (field === "completed") return value ? "Completed" : "Open";
  if (field === "project_id") return projects.get(String(value))?.name ?? (value ? "Another project" : "Inbox");
  if (value === null || value === undefined || value === "") return "Nothing";
  if (Array.isArray(value)) return value.length === 0 ? "None" : value.map(sayItem).join(", ");
  if (field === "priority") return PRIORITY_NAMES[value as Todo["priority"]];
  if (field.endsWith("_date")) return formatDay(String(value), "year");
  return sayItem(value);
}

function sayItem(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return "rule" in value ? String(value.rule) : Object.values(value).slice(1).join(" ");
}

/** What gives the field that value; null where it has it. */
export function actionFor(todo: Todo, field: string, value: unknown): Action | null {
  if (field === "completed") return { op: value ? "complete" : "reopen", id: todo.id };
  if (field === "deleted_at" || field === "in the trash") return { op: value ? "delete" : "restore", id: todo.id };
  return updateOf(todo, { [field]: value } as Partial<TodoFields>);
}
