import { afterEach, describe, expect, it } from "vitest";
import type { User } from "@/lib/api/types";
import { deltaOf } from "@/lib/stats/pending";
import { todo, USER } from "./support";

const browserZone = process.env.TZ;
afterEach(() => {
  process.env.TZ = browserZone;
});

function user(time_zone: string, day_start_hour = 0, week_start: User["week_start"] = "monday"): User {
  return { ...USER, time_zone, day_start_hour, week_start };
}

/** What reopening at one instant what was completed at another takes from today's and from this week's number. */
function reopened(by: User, completedAt: string, at: string): number[] {
  const done = todo({ completed: true, completed_at: completedAt });
  const write = { key: "key", userId: by.id, at, actions: [{ op: "reopen" as const, id: done.id }] };
  const delta = deltaOf(write, new Map([[done.id, done]]), by);
  return [delta?.completedToday ?? Number.NaN, delta?.completedThisWeek ?? Number.NaN];
}

describe.each(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])("in a browser in %s, a reopened todo", (zone) => {
  // The zone of this process stands for the browser's: Date reads it anew at each change.
  const inZone = (by: User, completedAt: string, at: string) => {
    process.env.TZ = zone;
    return reopened(by, completedAt, at);
  };

  it("is taken from today when it was completed on the user's day", () => {
    const tokyo = user("Asia/Tokyo");
    expect(inZone(tokyo, "2026-11-24T15:00:00Z", "2026-11-25T14:59:59Z")).toEqual([-1, -1]);
    expect(inZone(tokyo, "2026-11-24T14:59:59Z", "2026-11-24T15:00:00Z")).toEqual([0, -1]);
  });

  it("is taken from the day that begins at the user's hour", () => {
    const late = user("Europe/Berlin", 4);
    expect(inZone(late, "2026-11-24T03:00:00Z", "2026-11-25T02:59:59Z")).toEqual([-1, -1]);
    expect(inZone(late, "2026-11-24T02:59:59Z", "2026-11-24T03:00:00Z")).toEqual([0, -1]);
  });

  it("is taken from a day of 23 hours", () => {
    const berlin = user("Europe/Berlin");
    const [first, last] = ["2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z"];
    expect(inZone(berlin, first, last)).toEqual([-1, -1]);
    expect(inZone(berlin, last, "2026-03-29T22:00:00Z")[0]).toBe(0);
    expect(inZone(berlin, "2026-03-28T22:59:59Z", first)[0]).toBe(0);
  });

  it("is taken from a day of 25 hours", () => {
    const berlin = user("Europe/Berlin");
    const [first, last] = ["2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z"];
    expect(inZone(berlin, first, last)).toEqual([-1, -1]);
    expect(inZone(berlin, last, "2026-10-25T23:00:00Z")[0]).toBe(0);
    expect(inZone(berlin, "2026-10-24T21:59:59Z", first)[0]).toBe(0);
  });

  it("is taken from the user's week", () => {
    const [sunday, monday] = ["2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z"];
    expect(inZone(user("UTC"), sunday, monday)).toEqual([0, 0]);
    expect(inZone(user("UTC", 0, "sunday"), sunday, monday)).toEqual([0, -1]);
  });
});

describe("a completion", () => {
  const write = (id: string, op: "complete" | "reopen") => ({
    key: "key",
    userId: USER.id,
    at: "2026-11-24T12:00:00Z",
    actions: [{ op, id }],
  });

  it("counts today, and this week", () => {
    const open = todo();
    expect(deltaOf(write(open.id, "complete"), new Map([[open.id, open]]), USER)).toMatchObject({
      total: 0,
      completed: 1,
      completedToday: 1,
      completedThisWeek: 1,
    });
  });

  it("changes nothing where it is one already", () => {
    const done = todo({ completed: true, completed_at: "2026-11-24T11:00:00Z" });
    expect(deltaOf(write(done.id, "complete"), new Map([[done.id, done]]), USER)).toBeNull();
  });
});
