import type { User } from "./api/types";

/** Days are `YYYY-MM-DD` strings in the user's zone: a Date would move them to another day in another zone. */
const LOCALE = "en";

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", hourCycle: "h23" } as const;
  const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat("en", { timeZone, ...options });
  clocks.set(timeZone, clock);
  return clock;
}

/** The user's day at an instant: it begins at `day_start_hour`, not at midnight. */
export function dayOf(instant: Date | number, user: Pick<User, "time_zone" | "day_start_hour">): string {
  const parts = clockOf(user.time_zone).formatToParts(instant);
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? "";
  const day = `${part("year")}-${part("month")}-${part("day")}`;
  return Number(part("hour")) < user.day_start_hour ? addDays(day, -1) : day;
}

export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** 0 = Sunday … 6 = Saturday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

const FIRST_WEEKDAY: Record<string, number> = { sunday: 0, monday: 1, saturday: 6 };

export function weekStart(day: string, start: string): string {
  return addDays(day, -((weekdayOf(day) - (FIRST_WEEKDAY[start] ?? 1) + 7) % 7));
}

const STYLES = {
  weekday: { weekday: "long" },
  short: { weekday: "short" },
  day: { day: "numeric", month: "short" },
  year: { day: "numeric", month: "short", year: "numeric" },
  full: { weekday: "long", day: "numeric", month: "long" },
  month: { month: "short" },
  monthYear: { month: "long", year: "numeric" },
} as const;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Made when first used: each costs some milliseconds, which the first paint does not have. */
function formatOf(style: keyof typeof STYLES): Intl.DateTimeFormat {
  const format = formats.get(style) ?? new Intl.DateTimeFormat(LOCALE, { ...STYLES[style], timeZone: "UTC" });
  formats.set(style, format);
  return format;
}

export function formatDay(day: string, style: keyof typeof STYLES = "day"): string {
  return formatOf(style).format(Date.parse(`${day}T00:00:00Z`));
}

/** "Today", "Tomorrow", "Friday", "12 Dec": as short as it can be said without doubt. */
export function relativeDay(day: string, today: string): string {
  const distance = daysBetween(today, day);
  if (distance === 0) return "Today";
  if (distance === 1) return "Tomorrow";
  if (distance === -1) return "Yesterday";
  if (distance > 1 && distance < 7) return formatDay(day, "weekday");
  return formatDay(day, day.slice(0, 4) === today.slice(0, 4) ? "day" : "year");
}

export function formatInstant(instant: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short", timeZone }).format(
    new Date(instant),
  );
}

/** The time of day at an instant. */
export function formatTime(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat(LOCALE, { timeStyle: "short", hourCycle: "h23", timeZone }).format(new Date(instant));
}

export function timeAgo(instant: string, now = Date.now()): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
  if (Math.abs(seconds) < 60) return "just now";
  if (Math.abs(seconds) < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (Math.abs(seconds) < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}
