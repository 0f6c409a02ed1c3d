import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Recurrence } from "@/lib/todos/quick-add-grammar";
import { inWords, nextDays } from "@/lib/todos/recurrence";

const CASES: (Recurrence & { due: string; today: string; days: string[] })[] = JSON.parse(
  readFileSync("../contracts/recurrence.json", "utf8"),
).cases;

describe("the next days", () => {
  it.each(CASES)("of $rule ($mode) from $due, on $today", ({ due, today, days, ...recurrence }) => {
    expect(nextDays(recurrence, due, today, 5)).toEqual(days);
  });
});

describe("a recurrence in words", () => {
  it.each([
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2026-11-24", "every second Tuesday, next on 8 December"],
    ["FREQ=WEEKLY;INTERVAL=2", "2026-11-24", "every second Tuesday, next on 8 December"],
    ["FREQ=WEEKLY", "2026-12-01", "every Tuesday, next on 8 December"],
    ["FREQ=WEEKLY;BYDAY=MO,TH", "2026-12-01", "every Monday and Thursday, next on 3 December"],
    ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-12-04", "every weekday, next on 7 December"],
    ["FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH", "2026-12-01", "every 3 weeks on Monday and Thursday, next on 3 December"],
    ["FREQ=DAILY", "2026-12-01", "every day, next on 2 December"],
    ["FREQ=DAILY;INTERVAL=3;COUNT=4", "2026-12-01", "every 3 days, 4 times, next on 4 December"],
    ["FREQ=DAILY;UNTIL=20261203", "2026-12-01", "every day until 3 December 2026, next on 2 December"],
    ["FREQ=DAILY;COUNT=1", "2026-12-01", "every day, for the last time"],
    ["FREQ=MONTHLY", "2026-12-31", "every month on the 31st, next on 31 January 2027"],
    ["FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-30", "every month on the last day, next on 31 December"],
    ["FREQ=MONTHLY;BYDAY=2TU", "2026-12-01", "every month on the second Tuesday, next on 8 December"],
    [
      "FREQ=MONTHLY;BYDAY=-2FR,1MO",
      "2026-12-01",
      "every month on the second to last Friday and the first Monday, next on 7 December",
    ],
    [
      "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
      "2026-11-13",
      "every month on Friday, if it is the 13th, next on 13 August 2027",
    ],
    ["FREQ=MONTHLY;BYMONTH=6,12", "2026-12-24", "every month on the 24th in June and December, next on 24 June 2027"],
    ["FREQ=YEARLY", "2024-02-29", "every year on the 29th of February, next on 28 February 2025"],
    [
      "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
      "2026-11-26",
      "every year on the fourth Thursday in November, next on 25 November 2027",
    ],
    ["FREQ=YEARLY;BYDAY=20MO", "2026-12-01", "every year on the 20th Monday, next on 17 May 2027"],
  ])("%s from %s", (rule, due, words) => {
    expect(inWords({ rule, mode: "schedule" }, due, due)).toBe(words);
  });

  it("says what counts from the day it is done", () => {
    const words = inWords({ rule: "FREQ=DAILY;INTERVAL=3", mode: "completion" }, "2026-12-01", "2026-12-05");
    expect(words).toBe("every 3 days after it is done, next on 8 December");
  });
});
