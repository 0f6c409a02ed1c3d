import { addDays } from "../time";
import type { Recurrence } from "./quick-add-grammar";

/**
 * When a recurring todo comes again, as the todo service says it (`todos_service/recurrence`); contracts/recurrence.json
 * has the cases that hold for both. What is shown here is a preview: the next todo is made by the service.
 */
type Frequency = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";

/** 0 = Monday; an ordinal of 0 is each one, a negative one counts from the end of the month or year. */
interface Weekday {
  weekday: number;
  ordinal: number;
}

interface Rule {
  frequency: Frequency;
  interval: number;
  weekdays: readonly Weekday[];
  monthDays: readonly number[];
  /** 1 = January. */
  months: readonly number[];
  count: number;
  until: string;
}

const LATEST = "9998-12-30";
const SEARCHED: Readonly<Record<Frequency, number>> = { DAILY: 10_000, WEEKLY: 2_000, MONTHLY: 600, YEARLY: 60 };
const WEEKDAY_CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTH_NAMES = "January February March April May June July August September October November December".split(" ");
const ORDINALS: ReadonlyMap<number, string> = new Map([
  [1, "first"],
  [2, "second"],
  [3, "third"],
  [4, "fourth"],
  [5, "fifth"],
  [-1, "last"],
]);
const UNITS: Readonly<Record<Frequency, string>> = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };

/** The next days, at most `count`, if each time it is done on its day. */
export function nextDays({ rule, mode }: Recurrence, due: string, today: string, count: number): string[] {
  const { count: times, ...parsed } = parseRule(rule);
  const days: string[] = [];
  if (mode === "completion") {
    for (let done = today; days.length < Math.min(count, times - 1); ) {
      const [next] = occurrences(parsed, done, due > done ? due : done);
      if (next === undefined) break;
      days.push(next);
      done = next;
    }
    return days;
  }
  let passed = 0;
  for (const day of occurrences(parsed, due, times === Infinity && today > due ? today : due)) {
    passed += 1;
    if (passed >= times || days.length === count) break;
    if (day > today) days.push(day);
  }
  return days;
}

/** What it will do: "every second Tuesday, next on 8 December". */
export function inWords(recurrence: Recurrence, due: string, today: string): string {
  const parsed = parseRule(recurrence.rule);
  const words = ruleInWords(recurrence, due);
  const [next] = nextDays(recurrence, due, today, 1);
  if (next === undefined) return `${words}, for the last time`;
  return `${words}${endInWords(parsed)}, next on ${dayInWords(next, today)}`;
}

/** How often it comes: "every second Tuesday". */
export function ruleInWords({ rule, mode }: Recurrence, due: string): string {
  const parsed = parseRule(rule);
  if (mode === "completion") return `${everyInWords(parsed)} after it is done`;
  return everyInWords({ ...parsed, ...explicit(parsed, due) });
}

function endInWords({ count, until }: Rule): string {
  if (count < Infinity) return `, ${count} times`;
  return until < LATEST ? ` until ${dayInWords(until, "")}` : "";
}

function everyInWords(rule: Rule): string {
  const { frequency, interval, weekdays, monthDays, months } = rule;
  const unit = UNITS[frequency];
  const every =
    interval === 1 ? `every ${unit}` : interval === 2 ? `every second ${unit}` : `every ${interval} ${unit}s`;
  const names = weekdays.map(weekdayInWords);
  const inMonths = months.map((month) => MONTH_NAMES[month - 1] as string);
  const monthly = monthDays.map(monthDayInWords);
  if (frequency === "WEEKLY" && interval <= 2 && weekdays.length > 0 && inMonths.length === 0) {
    const all = isWeekdays(weekdays) ? "weekday" : listed(names);
    if (interval === 1) return `every ${all}`;
    if (weekdays.length === 1) return `every second ${all}`;
  }
  if (frequency === "YEARLY" && monthly.length > 0 && inMonths.length > 0 && names.length === 0) {
    return `${every} on ${listed(monthly)} of ${listed(inMonths)}`;
  }
  const on = [names.length > 0 && listed(names), monthly.length > 0 && listed(monthly)]
    .filter(Boolean)
    .join(", if it is ");
  return `${every}${on && ` on ${on}`}${inMonths.length > 0 ? ` in ${listed(inMonths)}` : ""}`;
}

function isWeekdays(weekdays: readonly Weekday[]): boolean {
  return weekdays.length === 5 && weekdays.every(({ weekday, ordinal }) => weekday < 5 && ordinal === 0);
}

function weekdayInWords({ weekday, ordinal }: Weekday): string {
  const name = WEEKDAY_NAMES[weekday] as string;
  if (ordinal === 0) return name;
  const last = ordinal < -1 ? `${ORDINALS.get(-ordinal) ?? nth(-ordinal)} to last` : undefined;
  return `the ${last ?? ORDINALS.get(ordinal) ?? nth(ordinal)} ${name}`;
}

function monthDayInWords(day: number): string {
  if (day === -1) return "the last day";
  return day < 0 ? `the ${ORDINALS.get(-day) ?? nth(-day)} to last day` : `the ${nth(day)}`;
}

function nth(value: number): string {
  const teen = value % 100 > 10 && value % 100 < 14;
  return `${value}${(!teen && ["", "st", "nd", "rd"][value % 10]) || "th"}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function dayInWords(day: string, today: string): string {
  const [year, month, date] = partsOf(day);
  return `${date} ${MONTH_NAMES[month - 1]}${day.slice(0, 4) === today.slice(0, 4) ? "" : ` ${year}`}`;
}

/** Of a rule that the service has accepted. */
function parseRule(text: string): Rule {
  const parts = new Map(text.split(";").map((part) => part.split("=") as [string, string]));
  const numbers = (name: string) => parts.get(name)?.split(",").map(Number) ?? [];
  return {
    frequency: parts.get("FREQ") as Frequency,
    interval: Number(parts.get("INTERVAL") ?? 1),
    weekdays: (parts.get("BYDAY")?.split(",") ?? []).map((day) => ({
      weekday: WEEKDAY_CODES.indexOf(day.slice(-2)),
      ordinal: Number(day.slice(0, -2)),
    })),
    monthDays: numbers("BYMONTHDAY"),
    months: numbers("BYMONTH"),
    count: Number(parts.get("COUNT") ?? Infinity),
    until: parts.get("UNTIL")?.replace(/^(\d{4})(\d\d)(\d\d).*$/, "$1-$2-$3") ?? LATEST,
  };
}

/** The days that a rule leaves to its start. */
function explicit({ frequency, weekdays, monthDays, months }: Omit<Rule, "count">, start: string): Partial<Rule> {
  if (weekdays.length > 0 || monthDays.length > 0 || frequency === "DAILY") return {};
  if (frequency === "WEEKLY") return { weekdays: [{ weekday: weekdayOf(numberOf(start)), ordinal: 0 }] };
  const [, month, date] = partsOf(start);
  return { monthDays: [date], months: frequency === "YEARLY" && months.length === 0 ? [month] : months };
}

/** The days after `after`, in order, of a rule that begins on `start`; COUNT is the caller's. */
function* occurrences(given: Omit<Rule, "count">, start: string, after: string): Generator<string> {
  const rule = { ...given, ...explicit(given, start) };
  const { frequency, interval, until } = rule;
  const first = after < start ? start : addDays(after, 1);
  const at = periodOf(frequency, after < start ? start : after);
  let period = at - ((at - periodOf(frequency, start)) % interval);
  const last = periodOf(frequency, until < LATEST ? until : LATEST);
  for (let searched = 0; searched < SEARCHED[frequency] && period <= last; searched++) {
    for (const day of daysOf(rule, period)) {
      if (day < first || day > until) continue;
      searched = 0;
      yield day;
    }
    period += interval;
  }
}

/** The number of the day, week, month or year that a day is in. */
function periodOf(frequency: Frequency, day: string): number {
  const [year, month] = partsOf(day);
  if (frequency === "YEARLY") return year;
  if (frequency === "MONTHLY") return year * 12 + month - 1;
  return frequency === "DAILY" ? numberOf(day) : Math.floor((numberOf(day) + 3) / 7);
}

/** The days of a period that the rule names, in order. */
function daysOf(rule: Omit<Rule, "count">, period: number): string[] {
  switch (rule.frequency) {
    case "DAILY":
      return among(rule, [period]);
    case "WEEKLY":
      return among(
        rule,
        Array.from({ length: 7 }, (_, day) => period * 7 - 3 + day),
      );
    case "MONTHLY":
      return ofMonth(rule, Math.floor(period / 12), (period % 12) + 1);
    case "YEARLY":
      return MONTH_NAMES.flatMap((_, month) => ofMonth(rule, period, month + 1));
  }
}

function among({ weekdays, months, monthDays }: Omit<Rule, "count">, numbers: readonly number[]): string[] {
  return numbers
    .filter((number) => weekdays.length === 0 || weekdays.some(({ weekday }) => weekday === weekdayOf(number)))
    .map(dayOf)
    .filter((day) => {
      const [year, month, date] = partsOf(day);
      if (months.length > 0 && !months.includes(month)) return false;
      return monthDays.length === 0 || clamped(monthDays, lengthOf(year, month)).includes(date);
    });
}

function ofMonth(rule: Omit<Rule, "count">, year: number, month: number): string[] {
  const { frequency, weekdays, months, monthDays } = rule;
  if (months.length > 0 && !months.includes(month)) return [];
  const length = lengthOf(year, month);
  const begin = numberOf(`${year}-${two(month)}-01`);
  const january = numberOf(`${year}-01-01`);
  // What an ordinal counts in: the month, or the year.
  const [passed, total] =
    frequency === "YEARLY" && months.length === 0
      ? [begin - january, numberOf(`${year}-12-31`) - january + 1]
      : [0, length];
  const all = Array.from({ length }, (_, index) => index + 1);
  const named = monthDays.length > 0 ? clamped(monthDays, length) : all;
  return all
    .filter((date) => named.includes(date))
    .filter((date) => weekdays.length === 0 || isNamed(weekdays, weekdayOf(begin + date - 1), passed + date, total))
    .map((date) => dayOf(begin + date - 1));
}

/** Whether one of them is this weekday, the day with this number of so many. */
function isNamed(weekdays: readonly Weekday[], weekday: number, number: number, total: number): boolean {
  const ordinals = [0, Math.ceil(number / 7), -Math.ceil((total - number + 1) / 7)];
  return weekdays.some((each) => each.weekday === weekday && ordinals.includes(each.ordinal));
}

/** What these days are in a month of this length: the 31st of a shorter one is its last day. */
function clamped(monthDays: readonly number[], length: number): number[] {
  return monthDays.map((day) => (day > 0 ? Math.min(day, length) : Math.max(length + 1 + day, 1)));
}

function partsOf(day: string): [year: number, month: number, date: number] {
  return day.split("-").map(Number) as [number, number, number];
}

function numberOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 86_400_000;
}

function dayOf(number: number): string {
  return new Date(number * 86_400_000).toISOString().slice(0, 10);
}

/** 0 = Monday. */
function weekdayOf(number: number): number {
  return (((number + 3) % 7) + 7) % 7;
}

function lengthOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
