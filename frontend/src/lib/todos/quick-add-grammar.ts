import type { Priority } from "../api/types";
import { addDays, weekdayOf } from "../time";

/** What a stretch of the line was taken for. */
export interface Part {
  kind: "tag" | "project" | "priority" | "day" | "time" | "recurrence" | "description";
  text: string;
  start: number;
  end: number;
}

export interface Recurrence {
  rule: string;
  mode: "schedule" | "completion";
}

/** The fields of a todo, and the parts of the line that say them; the title is what is left, and may be empty. */
export interface Parsed {
  title: string;
  description: string;
  priority: Priority;
  tags: string[];
  project: string | null;
  due_date: string | null;
  due_time: string | null;
  recurrence: Recurrence | null;
  parts: Part[];
}

/** The user's day, `YYYY-MM-DD`, and time of day, `HH:MM`. */
export interface LocalNow {
  day: string;
  time: string;
}

interface Line {
  originals: readonly string[];
  /** In small letters; empty if quoted. */
  words: readonly string[];
  now: LocalNow;
  projects: readonly string[];
  /** Behind the words of a day or recurrence, if they are the last ones. */
  dayEnd: number;
}

/** A value, and how many words say it. */
type Taken<Value> = [value: Value, count: number] | null;

const BLANK: Omit<Parsed, "tags" | "parts"> = {
  title: "",
  description: "",
  priority: "none",
  project: null,
  due_date: null,
  due_time: null,
  recurrence: null,
};
const MAX_TAGS = 20;
const RULE_WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const FREQUENCIES = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
const PRIORITIES: ReadonlyMap<string, Priority> = new Map<string, Priority>([
  ["low", "low"],
  ["med", "medium"],
  ["medium", "medium"],
  ["high", "high"],
  ["urgent", "urgent"],
  ["1", "urgent"],
  ["2", "high"],
  ["3", "medium"],
  ["4", "low"],
]);
const WEEKDAYS = numbered(
  "monday mon, tuesday tues tue, wednesday wed, thursday thurs thur thu, friday fri, saturday sat, sunday sun",
);
const MONTHS = numbered(
  "january jan, february feb, march mar, april apr, may, june jun, july jul, august aug, september sept sep, " +
    "october oct, november nov, december dec",
);
const UNITS = numbered("day days, week weeks, month months, year years");
/** Count as weekdays only where the words around them say so. */
const ALSO_WORDS = /^(wed|sat|sun)$/;
const NO_WEEKDAY_AFTER = /^(a|an|the|last|each|every|first|second|third|1st|2nd|3rd|4th)$/;
const BLANKS = "\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const WORD: Readonly<RegExp> = new RegExp(`["“]([^"“”]+)["”](?![^${BLANKS}])|[^${BLANKS}]+`, "g");
const OUTER_BLANKS: Readonly<RegExp> = new RegExp(`^[${BLANKS}]+|[${BLANKS}]+$`, "g");
const TAG = /^#(?!\d+$)[\p{L}\p{N}\p{M}_\-/]{1,50}$/u;
const ISO_DAY = /^(?:19|20)\d\d-\d\d-\d\d$/;
const DAY_OF_MONTH = /^(\d{1,2})(?:st|nd|rd|th)?$/;
const YEAR = /^20\d\d$/;
const NUMBER = /^[1-9]\d{0,2}$/;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const TWELVE_HOURS = /^(1[0-2]|0?[1-9])(?::([0-5]\d))?(am|pm)$/;

/**
 * One line to a todo: `Buy milk tomorrow 5pm #home !high ~Household`, where `projects` are the names that `~` can say.
 * docs/api.md has the grammar, contracts/quick-add.json the cases that hold here and in the todo service, whose
 * `quick_add.py` is written alike.
 */
export function parseLine(text: string, now: LocalNow, projects: readonly string[] = []): Parsed {
  const matches = [...text.matchAll(WORD)];
  const originals = matches.map(([word, quoted]) => (quoted ? "" : word));
  const line: Line = { originals, words: originals.map((word) => word.toLowerCase()), now, projects, dayEnd: 0 };
  const parsed: Parsed = { ...BLANK, tags: [], parts: [] };
  const title: string[] = [];
  for (let at = 0, match = matches[0]; match; match = matches[at]) {
    const [kind, count] = take(line, at, parsed) ?? [null, 1];
    const last = matches[at + count - 1] ?? match;
    const end = last.index + last[0].length;
    if (kind) parsed.parts.push({ kind, text: text.slice(match.index, end), start: match.index, end });
    else title.push(match[1] ?? match[0]);
    if (kind === "description") parsed.description = trimmed(text.slice(match.index + match[0].length, end));
    at += count;
    line.dayEnd = kind === "day" || kind === "recurrence" ? at : 0;
  }
  parsed.title = trimmed(title.join(" "));
  parsed.due_date ??= firstDay(now, parsed);
  return parsed;
}

/** The line with a part in quotes: what it says is part of the title. */
export function takeBack(text: string, part: Part): string {
  return `${text.slice(0, part.start)}"${part.text}"${text.slice(part.end)}`;
}

/** Sets the field that the words from `at` on say, if they do: its kind, and how many words. Tags alone may come again. */
function take(line: Line, at: number, parsed: Parsed): [Part["kind"], number] | null {
  const word = line.words[at] ?? "";
  if (word === "//") return ["description", line.words.length - at];
  if (takeTag(line.originals[at] ?? "", parsed.tags)) return ["tag", 1];
  const priority = word.startsWith("!") && PRIORITIES.get(word.slice(1));
  if (priority && parsed.priority === "none") {
    parsed.priority = priority;
    return ["priority", 1];
  }
  const project = parsed.project === null && readProject(line, at);
  if (project) {
    parsed.project = project[0];
    return ["project", project[1]];
  }
  const recurrence = parsed.recurrence === null && readRecurrence(line.words, at);
  if (recurrence) {
    parsed.recurrence = recurrence[0];
    return ["recurrence", recurrence[1]];
  }
  const day = parsed.due_date === null && readDay(line.words, at, line.now.day);
  if (day) {
    parsed.due_date = day[0];
    return ["day", day[1]];
  }
  const time = parsed.due_time === null && readTime(line.words, at, at > 0 && at === line.dayEnd);
  if (time) {
    parsed.due_time = time[0];
    return ["time", time[1]];
  }
  return null;
}

function takeTag(word: string, tags: string[]): boolean {
  const tag = word.slice(1);
  if (!TAG.test(word)) return false;
  if (tags.includes(tag)) return true;
  if (tags.length === MAX_TAGS) return false;
  tags.push(tag);
  return true;
}

/** A time or a recurrence without a day begins on the first day on which it is still to come. */
function firstDay(now: LocalNow, { due_time, recurrence }: Parsed): string | null {
  if (due_time === null && recurrence === null) return null;
  let day = due_time !== null && due_time <= now.time ? addDays(now.day, 1) : now.day;
  const weekdays = recurrence?.rule.split("BYDAY=")[1]?.split(",");
  while (weekdays && !weekdays.includes(RULE_WEEKDAYS[weekday(day)] as string)) day = addDays(day, 1);
  return day;
}

/** The longest of the names that the words are. */
function readProject({ words, projects }: Line, at: number): Taken<string> {
  let longest: Taken<string> = null;
  for (const project of projects) {
    const names = `~${project.toLowerCase().trim()}`.split(/\s+/);
    if (names.every((name, index) => words[at + index] === name) && names.length > (longest?.[1] ?? 0)) {
      longest = [project, names.length];
    }
  }
  return longest;
}

function readRecurrence(words: readonly string[], at: number): Taken<Recurrence> {
  const [first, second = "", third = ""] = words.slice(at, at + 3);
  if (first !== "every" && first !== "every!") return null;
  const mode = first === "every!" ? "completion" : "schedule";
  if (/^weekdays?$/.test(second)) return [{ rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", mode }, 2];
  if (/^(day|week|month|year)$/.test(second)) return [{ rule: `FREQ=${frequency(second)}`, mode }, 2];
  if ((NUMBER.test(second) || second === "other") && UNITS.has(third)) {
    return [{ rule: `FREQ=${frequency(third)};INTERVAL=${second === "other" ? 2 : second}`, mode }, 3];
  }
  const [weekdays, count] = readWeekdays(words, at + 1);
  if (weekdays.size === 0) return null;
  return [{ rule: `FREQ=WEEKLY;BYDAY=${RULE_WEEKDAYS.filter((_, day) => weekdays.has(day))}`, mode }, 1 + count];
}

/** Weekdays with commas or `and` between them, and how many words they are; none if a comma is left over. */
function readWeekdays(words: readonly string[], at: number): [weekdays: Set<number>, count: number] {
  const weekdays = new Set<number>();
  let end = at;
  let link = ",";
  while (link !== "") {
    const word = words[end] ?? "";
    const days = word
      .replace(/,$/, "")
      .split(",")
      .map((name) => WEEKDAYS.get(name));
    if (days.includes(undefined)) return link === "and" ? [weekdays, end - 1 - at] : [new Set(), 0];
    for (const day of days) weekdays.add(day as number);
    link = word.endsWith(",") ? "," : words[end + 1] === "and" ? "and" : "";
    end += link === "and" ? 2 : 1;
  }
  return [weekdays, end - at];
}

function readDay(words: readonly string[], at: number, today: string): Taken<string> {
  const [first, second = "", third = ""] = words.slice(at, at + 3);
  if (first === "on" || first === "by") {
    const named = readNamedDay(words, at + 1, today, true);
    return named && [named[0], named[1] + 1];
  }
  if (first === "in" && NUMBER.test(second) && UNITS.has(third)) return [later(today, Number(second), third), 3];
  return readNamedDay(words, at, today, false);
}

function readNamedDay(words: readonly string[], at: number, today: string, marked: boolean): Taken<string> {
  const [word = "", second = ""] = words.slice(at, at + 2);
  if (word.startsWith("@")) return one(oneWord(word === "@tom" ? "tomorrow" : word.slice(1), today));
  const following = WEEKDAYS.get(second);
  if (word === "this" && following !== undefined) return [addDays(today, (following - weekday(today) + 7) % 7), 2];
  if (word === "next" && following !== undefined) return [addDays(today, 7 - weekday(today) + following), 2];
  if (WEEKDAYS.has(word) && !marked) {
    if (NO_WEEKDAY_AFTER.test(words[at - 1] ?? "")) return null;
    if (ALSO_WORDS.test(word) && !readTime(words, at + 1, true)) return null;
  }
  return one(oneWord(word, today)) ?? readDayOfMonth(words, at, today);
}

function one(day: string | null): Taken<string> {
  return day === null ? null : [day, 1];
}

function oneWord(word: string, today: string): string | null {
  if (word === "today") return today;
  if (word === "tomorrow") return addDays(today, 1);
  if (ISO_DAY.test(word)) return existing(word);
  const named = WEEKDAYS.get(word);
  return named === undefined ? null : addDays(today, ((named - weekday(today) + 6) % 7) + 1);
}

/** 1 Dec, or Dec 1, and perhaps the year; without one the next such day. */
function readDayOfMonth(words: readonly string[], at: number, today: string): Taken<string> {
  const [first = "", second = "", third = ""] = words.slice(at, at + 3);
  const [name, number] = MONTHS.has(second) ? [second, first] : [first, second];
  const month = MONTHS.get(name);
  const day = DAY_OF_MONTH.exec(number)?.[1];
  if (month === undefined || day === undefined) return null;
  const inYear = (year: number) => existing(`${year}-${two(month + 1)}-${two(Number(day))}`);
  if (YEAR.test(third)) {
    const found = inYear(Number(third));
    return found === null ? null : [found, 3];
  }
  const year = Number(today.slice(0, 4));
  for (let ahead = 0; ahead < 9; ahead++) {
    const found = inYear(year + ahead);
    if (found && found >= today) return [found, 2];
  }
  return null;
}

function later(today: string, count: number, unit: string): string {
  const kind = frequency(unit);
  if (kind === "DAILY" || kind === "WEEKLY") return addDays(today, kind === "WEEKLY" ? 7 * count : count);
  const [year = 0, month = 0, day = 0] = today.split("-").map(Number);
  const months = year * 12 + month - 1 + (kind === "YEARLY" ? 12 * count : count);
  const lastDay = new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate();
  return `${Math.floor(months / 12)}-${two((months % 12) + 1)}-${two(Math.min(day, lastDay))}`;
}

/** 17:30, 5pm, 5:30 pm; 9:30, which may be anything, only after `at`, a day or a recurrence. */
function readTime(words: readonly string[], at: number, afterDay: boolean): Taken<string> {
  const lead = words[at] === "at" ? 1 : 0;
  const [word = "", second = ""] = words.slice(at + lead, at + lead + 2);
  const halved = second === "am" || second === "pm";
  const clock = halved ? null : CLOCK.exec(word);
  if (clock && (clock[1]?.length === 2 || lead || afterDay)) return [`${two(Number(clock[1]))}:${clock[2]}`, lead + 1];
  const [, hours, minutes = "00", half] = TWELVE_HOURS.exec(halved ? word + second : word) ?? [];
  if (hours === undefined) return null;
  return [`${two((Number(hours) % 12) + (half === "pm" ? 12 : 0))}:${minutes}`, lead + (halved ? 2 : 1)];
}

/** Names separated by blanks, of things separated by commas. */
function numbered(names: string): ReadonlyMap<string, number> {
  return new Map(names.split(", ").flatMap((same, index) => same.split(" ").map((name) => [name, index] as const)));
}

function frequency(unit: string): string {
  return FREQUENCIES[UNITS.get(unit) as number] as string;
}

/** 0 = Monday. */
function weekday(day: string): number {
  return (weekdayOf(day) + 6) % 7;
}

function existing(day: string): string | null {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day ? null : day;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function trimmed(text: string): string {
  return text.replace(OUTER_BLANKS, "");
}
