import { addDays, weekStart } from "../time";

/** `YYYY-MM` of a day. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The weeks that a month is in, as their days. */
export function weeksOf(month: string, start: string): string[][] {
  const weeks: string[][] = [];
  for (let day = weekStart(`${month}-01`, start); weeks.length === 0 || monthOf(day) === month; day = addDays(day, 7)) {
    const first = day;
    weeks.push(Array.from({ length: 7 }, (_, index) => addDays(first, index)));
  }
  return weeks;
}

/** The same day some months later, or the last one of a shorter month. */
export function shiftMonth(day: string, count: number): string {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + count, 0));
  last.setUTCDate(Math.min(date, last.getUTCDate()));
  return last.toISOString().slice(0, 10);
}
