import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import TodoEditor from "@/components/todos/TodoEditor";
import type { Todo } from "@/lib/api/types";
import { instantOf, inWords, wallTime } from "@/lib/todos/reminders";
import { answerWith, itemActions, renderWith, todo } from "./support";

const TIMED = { due_date: "2030-05-03", due_time: "17:30" };
const SETTINGS = { default_minutes_before: 30, quiet_hours: null, channels: { email: false, push: true } };

function edit(fields: Partial<Todo>) {
  const actions = itemActions();
  answerWith({ "GET /api/notifications/settings": { json: SETTINGS }, "GET *": { json: [] } });
  renderWith(<TodoEditor todo={todo(fields)} actions={actions} />);
  const user = userEvent.setup();
  return {
    user,
    async saved() {
      await user.click(screen.getByRole("button", { name: "Save" }));
      return actions.save.mock.lastCall?.[1].reminders;
    },
  };
}

describe("reminders in words", () => {
  it.each([
    [0, "At the time"],
    [10, "10 minutes before"],
    [90, "1 hour 30 minutes before"],
    [1440, "1 day before"],
    [20160, "2 weeks before"],
  ])("%i minutes before a time", (minutes, words) => {
    expect(inWords({ minutes_before_due: minutes }, true, "UTC")).toBe(words);
  });

  it.each([
    [0, "When the day ends"],
    [900, "On the day, 09:00"],
    [1440, "On the day, 00:00"],
    [2340, "The day before, 09:00"],
    [4320, "2 days before, 00:00"],
  ])("%i minutes before a day ends", (minutes, words) => {
    expect(inWords({ minutes_before_due: minutes }, false, "UTC")).toBe(words);
  });

  it("says an instant by the clock of the user", () => {
    expect(inWords({ at: "2026-12-01T15:30:00Z" }, true, "Europe/Helsinki")).toMatch(/Dec 1, 2026, 5:30\sPM/);
  });
});

describe("an instant by the clock of a zone", () => {
  it.each([
    ["2026-12-01T17:30", "Europe/Helsinki", "2026-12-01T15:30:00.000Z"],
    ["2026-07-01T00:15", "America/New_York", "2026-07-01T04:15:00.000Z"],
    ["2026-03-29T03:30", "Europe/Helsinki", "2026-03-29T01:30:00.000Z"], // skipped: an hour later
    ["2026-10-25T03:30", "Europe/Helsinki", "2026-10-25T00:30:00.000Z"], // comes twice: the first
  ])("%s in %s", (wall, zone, instant) => {
    expect(instantOf(wall, zone)).toBe(instant);
  });

  it("and back", () => {
    expect(wallTime(Date.parse("2026-12-01T15:30:00Z"), "Europe/Helsinki")).toBe("2026-12-01T17:30");
  });
});

describe("the reminders of a todo", () => {
  it("are several, each put on and taken off by a click", async () => {
    const own = { id: "0193a000-0000-7000-8000-000000000077", minutes_before_due: 45 };
    const { user, saved } = edit({ ...TIMED, reminders: [own] });
    await user.click(screen.getByRole("button", { name: "10 minutes before" }));
    await user.click(screen.getByRole("button", { name: "1 day before" }));
    await user.click(screen.getByRole("button", { name: "10 minutes before" }));
    expect(await saved()).toEqual([own, { id: expect.any(String), minutes_before_due: 1440 }]);
    await user.click(screen.getByRole("button", { name: "Remove reminder: 45 minutes before" }));
    expect(await saved()).toEqual([{ id: expect.any(String), minutes_before_due: 1440 }]);
  });

  it("of a day without a time are by the clock", async () => {
    const { user, saved } = edit({ due_date: "2030-05-03" });
    await user.click(screen.getByRole("button", { name: "The day before, 09:00" }));
    expect(await saved()).toEqual([{ id: expect.any(String), minutes_before_due: 2340 }]);
  });

  it("can be at any time, but not in the past", async () => {
    const { user, saved } = edit({});
    await user.click(screen.getByRole("button", { name: "Other time" }));
    const field = screen.getByLabelText("Remind me on");
    expect(document.activeElement).toBe(field);
    await user.type(field, "2020-01-01T10:00{Enter}");
    expect(screen.getByText("That is in the past.")).toBeTruthy();
    await user.clear(field);
    await user.type(field, "2031-01-01T10:00{Enter}");
    expect(screen.queryByLabelText("Remind me on")).toBeNull();
    expect(await saved()).toEqual([{ id: expect.any(String), at: "2031-01-01T10:00:00.000Z" }]);
  });

  it("go with the day they depend on; those at an instant stay", async () => {
    const at = { id: "0193a000-0000-7000-8000-000000000078", at: "2031-01-01T10:00:00Z" };
    const before = { id: "0193a000-0000-7000-8000-000000000079", minutes_before_due: 10 };
    const { user, saved } = edit({ ...TIMED, reminders: [at, before] });
    await user.clear(screen.getByLabelText("Due day"));
    expect(await saved()).toEqual([at]);
  });

  it("are those of the settings where it has none", async () => {
    edit(TIMED);
    expect(await screen.findByText("By your settings: 30 minutes before")).toBeTruthy();
  });
});
