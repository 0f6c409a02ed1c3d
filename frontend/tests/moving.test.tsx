import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { TodosPage } from "@/components/todos/TodosPage";
import type { Todo } from "@/lib/api/types";
import { FIRST, LAST, parentsFor, toPlacing } from "@/lib/todos/placing";
import { answerWith, project, renderWith, todo } from "./support";

const asMap = (todos: Todo[]) => new Map(todos.map((each) => [each.id, each]));

describe("moving without dragging", () => {
  it("asks for project, parent and place", async () => {
    const home = project({ name: "Home" });
    const moved = todo({ title: "Boxes" });
    const [pack, tape] = [todo({ title: "Pack", project_id: home.id }), todo({ title: "Tape", project_id: home.id })];
    const knives = todo({ title: "Knives", project_id: home.id, parent_id: pack.id });
    const calls = answerWith({
      "GET /api/stats": { status: 503 },
      [`POST /api/todos/${moved.id}/move`]: { json: { ...moved, version: 900 } },
    });
    renderWith(<TodosPage />, [moved, pack, tape, knives], [home]);
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Move: Boxes" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.selectOptions(dialog.getByLabelText("Project"), "Home");
    await user.selectOptions(dialog.getByLabelText("Subtask of"), "Pack");
    await user.selectOptions(dialog.getByLabelText("Place in your order"), "After “Knives”");
    await user.click(dialog.getByRole("button", { name: "Move" }));
    expect(await screen.findByText("“Boxes” is now after “Knives”")).toBeTruthy();
    await waitFor(() =>
      expect(calls.find(({ method }) => method === "POST")?.body).toEqual({
        project_id: home.id,
        parent_id: pack.id,
        after_id: knives.id,
      }),
    );
  });

  it("offers no parent that is below the todo, or too deep for what is below it", () => {
    const line = [todo()];
    for (const _ of [2, 3, 4, 5]) line.push(todo({ parent_id: line.at(-1)?.id ?? null }));
    const [top, second] = line as [Todo, Todo];
    const [one, child] = [todo(), todo()];
    const todos = asMap([...line, one, { ...child, parent_id: one.id }]);
    expect(parentsFor(todos, one, null).map(({ todo: { id }, depth }) => [id, depth])).toEqual([
      [top.id, 0],
      [second.id, 1],
      [line[2]?.id, 2],
    ]);
    expect(parentsFor(todos, top, null).map(({ todo: { id } }) => id)).toEqual([]);
  });

  it("knows where the todo is already", () => {
    const [one, two] = [todo({ title: "one" }), todo({ title: "two" })];
    const todos = asMap([one, two]);
    const place = { project_id: null, parent_id: null };
    expect(toPlacing(todos, one, { ...place, after: FIRST })).toBeNull();
    expect(toPlacing(todos, two, { ...place, after: one.id })).toBeNull();
    expect(toPlacing(todos, one, { ...place, after: LAST })).toMatchObject({ to: { after_id: two.id } });
    expect(toPlacing(todos, two, { ...place, after: FIRST })).toMatchObject({ to: { before_id: one.id } });
  });
});
