import { weekdayOf } from "../time";

/** Recurrence rules as a form sees them: their parts by name, in the order in which they are written. */
export type RuleParts = ReadonlyMap<string, string>;

export function partsOf(rule: string): RuleParts {
  return new Map(rule.split(";").map((part) => part.split("=") as [string, string]));
}

/** The rule with these parts changed; one that is empty goes. */
export function withParts(rule: string, changed: Record<string, string>): string {
  const parts = Object.entries({ ...Object.fromEntries(partsOf(rule)), ...changed });
  return parts
    .filter(([, value]) => value !== "")
    .map((part) => part.join("="))
    .join(";");
}

export const WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** The rules that are offered for a todo due on this day. */
export function offered(due: string): string[] {
  const weekday = WEEKDAYS[(weekdayOf(due) + 6) % 7];
  const week = Math.ceil(Number(due.slice(8)) / 7);
  return [
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2",
    "FREQ=MONTHLY",
    `FREQ=MONTHLY;BYDAY=${week > 4 ? -1 : week}${weekday}`,
    "FREQ=YEARLY",
  ];
}

/** `n` as a rule's number, within its bounds. */
export function bounded(text: string, most: number): number {
  return Math.min(most, Math.max(1, Math.trunc(Number(text)) || 1));
}
