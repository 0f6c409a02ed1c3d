import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { TodoItem } from "@/components/todos/TodoItem";
import type { Todo } from "@/lib/api/types";
import { isOverdue } from "@/lib/todos/views";
import { answerWith, itemActions, renderWith, todo } from "./support";

const CLOCK = { now: Date.parse("2026-11-22T12:00:00Z"), today: "2026-11-22" };

function setUp(fields: Partial<Todo> = {}, props: Partial<Parameters<typeof TodoItem>[0]> = {}) {
  const shown = todo({ title: "Water the plants", ...fields });
  const actions = itemActions();
  answerWith({ "GET *": { json: [] } });
  renderWith(
    <TodoItem
      todo={shown}
      today={CLOCK.today}
      overdue={isOverdue(shown, CLOCK)}
      editing={false}
      selected={false}
      selecting={false}
      saving={false}
      actions={actions}
      {...props}
    />,
    [shown],
  );
  return { shown, actions, user: userEvent.setup() };
}

describe("TodoItem", () => {
  it("names its controls by the todo", async () => {
    const { shown, actions, user } = setUp();
    await user.click(screen.getByRole("checkbox", { name: "Complete: Water the plants" }));
    expect(actions.toggle).toHaveBeenCalledWith(shown);
    await user.click(screen.getByRole("button", { name: "Delete: Water the plants" }));
    expect(actions.remove).toHaveBeenCalledWith(shown);
    await user.click(screen.getByRole("button", { name: "Edit: Water the plants" }));
    expect(actions.edit).toHaveBeenCalledWith(shown.id);
  });

  it("selects with the shift key instead of opening", async () => {
    const { shown, actions, user } = setUp();
    await user.keyboard("{Shift>}");
    await user.click(screen.getByRole("button", { name: "Edit: Water the plants" }));
    expect(actions.select).toHaveBeenCalledWith(shown.id, true);
    expect(actions.edit).not.toHaveBeenCalled();
  });

  it("says that it is overdue, in words", () => {
    setUp({ due_date: "2026-11-21", due_at: "2026-11-22T00:00:00Z" });
    expect(screen.getByText("Overdue:", { exact: false })).toBeTruthy();
    expect(screen.getByText(/Yesterday/)).toBeTruthy();
  });

  it("is not overdue before its time, nor when it is done", () => {
    setUp({ due_date: "2026-11-22", due_time: "17:30", due_at: "2026-11-22T17:30:00Z" });
    setUp({ due_date: "2026-11-21", due_at: "2026-11-22T00:00:00Z", completed: true });
    expect(screen.queryByText("Overdue:", { exact: false })).toBeNull();
    expect(screen.getByText("Today 17:30")).toBeTruthy();
  });

  it("offers what the trash offers", async () => {
    const { shown, actions, user } = setUp({ deleted_at: "2026-11-22T10:00:00Z" });
    expect(screen.queryByRole("checkbox", { name: /Complete/ })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Restore: Water the plants" }));
    expect(actions.restore).toHaveBeenCalledWith(shown);
    expect(screen.getByRole("button", { name: "Delete for good: Water the plants" })).toBeTruthy();
  });

  it("is edited in place: Enter saves every field", async () => {
    const { shown, actions, user } = setUp({ tags: ["home"] }, { editing: true });
    const title = await screen.findByLabelText("Title");
    expect(document.activeElement).toBe(title);
    await user.clear(title);
    await user.type(title, "  Water the garden ");
    await user.selectOptions(screen.getByLabelText("Priority"), "high");
    await user.type(screen.getByLabelText("Tags"), "outside,");
    await user.click(screen.getByRole("button", { name: "Today" }));
    await user.click(title);
    await user.keyboard("{Enter}");
    const [saved, fields] = actions.save.mock.calls[0] ?? [];
    expect(saved).toBe(shown);
    expect(fields).toMatchObject({ title: "Water the garden", priority: "high", tags: ["home", "outside"] });
    expect(fields.due_date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(actions.edit).toHaveBeenCalledWith(null);
  });

  it("is left as it was by Escape, and cannot be saved without a title", async () => {
    const { actions, user } = setUp({}, { editing: true });
    await user.clear(await screen.findByLabelText("Title"));
    expect(screen.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
    await user.keyboard("{Enter}{Escape}");
    expect(actions.save).not.toHaveBeenCalled();
    expect(actions.edit).toHaveBeenCalledWith(null);
  });
});
