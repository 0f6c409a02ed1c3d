import type { Priority, TodoFields } from "../api/types";
import { addDays, weekdayOf } from "../time";
import { BLANK } from "./writes";

const PRIORITIES: Record<string, Priority> = {
  low: "low",
  medium: "medium",
  med: "medium",
  high: "high",
  urgent: "urgent",
  "1": "urgent",
  "2": "high",
  "3": "medium",
  "4": "low",
};
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * One line to a todo: `Buy milk #home !high @tomorrow`. Only marked words count, so that no title loses a word that
 * merely looks like a date; a marked word that means nothing stays in the title.
 */
export function parseQuickAdd(text: string, today: string, defaults: Partial<TodoFields> = {}): TodoFields {
  const fields: TodoFields = { ...BLANK, ...defaults, tags: [...(defaults.tags ?? [])] };
  const words = text.split(/\s+/).filter((word) => word !== "" && !take(word, fields, today));
  return { ...fields, title: words.join(" ") };
}

function take(word: string, fields: TodoFields, today: string): boolean {
  const value = word.slice(1);
  if (value === "") return false;
  if (word.startsWith("#")) return takeTag(value, fields);
  if (word.startsWith("!")) return takePriority(value.toLowerCase(), fields);
  return word.startsWith("@") && takeDay(value.toLowerCase(), fields, today);
}

function takeTag(tag: string, fields: TodoFields): boolean {
  if (!/^[\p{L}\p{N}_\-/]{1,50}$/u.test(tag) || /^\d+$/.test(tag)) return false;
  if (!fields.tags.includes(tag)) fields.tags.push(tag);
  return true;
}

function takePriority(name: string, fields: TodoFields): boolean {
  const priority = PRIORITIES[name];
  if (priority) fields.priority = priority;
  return priority !== undefined;
}

function takeDay(name: string, fields: TodoFields, today: string): boolean {
  const day = dayNamed(name, today);
  if (day) fields.due_date = day;
  return day !== null;
}

function dayNamed(name: string, today: string): string | null {
  if (name === "today") return today;
  if (name === "tomorrow" || name === "tom") return addDays(today, 1);
  if (/^\d{4}-\d\d-\d\d$/.test(name)) return Number.isNaN(Date.parse(name)) ? null : name;
  const weekday = name.length >= 3 ? WEEKDAYS.findIndex((candidate) => candidate.startsWith(name)) : -1;
  return weekday < 0 ? null : addDays(today, ((weekday - weekdayOf(today) + 6) % 7) + 1);
}
