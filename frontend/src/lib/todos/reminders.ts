import { formatInstant } from "../time";

/** At an instant, or so long before the todo is due. */
export interface Moment {
  at?: string | null;
  minutes_before_due?: number | null;
}

export const MOST_REMINDERS = 10;
const HOUR = 60;
const DAY = 24 * HOUR;
const UNITS: [number, string][] = [
  [7 * DAY, "week"],
  [DAY, "day"],
  [HOUR, "hour"],
  [1, "minute"],
];
/** A day without a time is due when it ends: 15 hours before is 09:00 of it. */
const NINE = 15 * HOUR;

/** The minutes before it is due that are offered for a todo with or without a time of day. */
export function offeredMinutes(timed: boolean): number[] {
  return timed ? [0, 10, HOUR, DAY] : [NINE, NINE + DAY];
}

export function inWords({ at, minutes_before_due }: Moment, timed: boolean, timeZone: string): string {
  if (at) return formatInstant(at, timeZone);
  const minutes = minutes_before_due ?? 0;
  return timed ? beforeTime(minutes) : beforeEndOfDay(minutes);
}

/** "1 hour 30 minutes before" */
export function beforeTime(minutes: number): string {
  if (minutes === 0) return "At the time";
  let left = minutes;
  const parts = UNITS.flatMap(([length, name]) => {
    const count = Math.floor(left / length);
    left %= length;
    return count ? [`${count} ${name}${count > 1 ? "s" : ""}`] : [];
  });
  return `${parts.join(" ")} before`;
}

function beforeEndOfDay(minutes: number): string {
  if (minutes === 0) return "When the day ends";
  const fromStart = DAY - minutes;
  const days = -Math.floor(fromStart / DAY);
  const clock = new Date((fromStart + days * DAY) * 60_000).toISOString().slice(11, 16);
  const day = days === 0 ? "On the day" : days === 1 ? "The day before" : `${days} days before`;
  return `${day}, ${clock}`;
}

/** What a clock in the zone shows, as a `datetime-local` input has it. */
export function wallTime(instant: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "short" });
  return format.format(instant).replace(" ", "T");
}

/** The instant at which a clock in the zone shows this; one that the clocks skip is as much later. */
export function instantOf(wall: string, timeZone: string): string {
  const asUtc = Date.parse(`${wall}Z`);
  const ahead = (at: number) => Date.parse(`${wallTime(at, timeZone)}Z`) - at;
  const [early, late] = [asUtc - ahead(asUtc - DAY * 60_000), asUtc - ahead(asUtc + DAY * 60_000)];
  const found = [early, late].find((at) => wallTime(at, timeZone) === wall) ?? early;
  return new Date(found).toISOString();
}
