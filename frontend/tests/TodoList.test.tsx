import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { TodosPage } from "@/components/todos/TodosPage";
import type { Change, Todo } from "@/lib/api/types";
import { setSearch } from "@/lib/location";
import { mutate } from "@/lib/todos/cache";
import { applyChanges } from "@/lib/todos/collection";
import { uuid7 } from "@/lib/uuid";
import { answerWith, problem, renderWith, STATS, todo } from "./support";

const routes = {
  "GET /api/stats": { json: STATS },
  "GET /api/stats/daily": { json: [] },
};

function titles(): string[] {
  const list = screen.queryByRole("list", { name: /^(Todos|Today|Upcoming|Completed|Trash|#home)$/ });
  return list
    ? within(list)
        .queryAllByRole("button", { name: /^Edit: / })
        .map((each) => each.textContent ?? "")
    : [];
}

describe("TodoList", () => {
  it("shows the open todos, the newest first", () => {
    answerWith(routes);
    renderWith(<TodosPage />, [
      todo({ title: "old" }),
      todo({ title: "done", completed: true }),
      todo({ title: "new" }),
    ]);
    expect(titles()).toEqual(["new", "old"]);
  });

  it("finds by words in title, notes and tags while somebody types", async () => {
    answerWith(routes);
    renderWith(<TodosPage />, [
      todo({ title: "Buy milk" }),
      todo({ title: "Paint", description: "milk white" }),
      todo(),
    ]);
    await userEvent.setup().type(screen.getByLabelText("Search"), "MILK");
    await waitFor(() => expect(titles()).toEqual(["Paint", "Buy milk"]));
    expect(location.search).toBe("?q=MILK");
  });

  it("says so when nothing is found, and offers a way back", async () => {
    answerWith(routes);
    renderWith(<TodosPage />, [todo({ title: "Buy milk" })]);
    const user = userEvent.setup();
    await user.type(screen.getByLabelText("Search"), "zebra");
    await user.click(await screen.findByRole("button", { name: "Clear the filters" }));
    await waitFor(() => expect(titles()).toEqual(["Buy milk"]));
  });

  it("filters by tag and priority from the address", () => {
    answerWith(routes);
    setSearch("tag=home&priority=high");
    renderWith(<TodosPage />, [
      todo({ title: "yes", tags: ["home"], priority: "high" }),
      todo({ tags: ["home"] }),
      todo(),
    ]);
    expect(titles()).toEqual(["yes"]);
  });

  it("completes, keeps the row for a moment and offers to undo", async () => {
    const shown = todo({ title: "Buy milk" });
    const calls = answerWith({
      ...routes,
      [`POST /api/todos/${shown.id}/complete`]: { json: { ...shown, completed: true, version: 200 } },
      "POST *": { json: { changes: [updated({ ...shown, version: 201 })], sequence: 201 } },
    });
    renderWith(<TodosPage />, [shown]);
    const user = userEvent.setup();
    await user.click(screen.getByRole("checkbox", { name: "Complete: Buy milk" }));
    const box = () => screen.getByRole("checkbox", { name: "Complete: Buy milk" });
    await waitFor(() => expect(box()).toHaveProperty("checked", true));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Undone: “Buy milk” completed")).toBeTruthy();
    const [complete, undo] = calls.filter(({ method }) => method === "POST");
    expect(undo?.path).toBe(`/api/commands/${complete?.headers.get("idempotency-key")}/undo`);
    expect(screen.getByRole("checkbox", { name: "Complete: Buy milk" })).toHaveProperty("checked", false);
  });

  it("puts a refused change back and says so", async () => {
    const shown = todo({ title: "Buy milk" });
    answerWith({
      ...routes,
      [`POST /api/todos/${shown.id}/complete`]: problem(409, "conflict", { detail: "Not now." }),
    });
    renderWith(<TodosPage />, [shown]);
    await userEvent.setup().click(screen.getByRole("checkbox", { name: "Complete: Buy milk" }));
    expect(await screen.findByText(/“Buy milk” was not saved. Not now./)).toBeTruthy();
    expect(screen.getByRole("checkbox", { name: "Complete: Buy milk" })).toHaveProperty("checked", false);
  });

  it("saves over a change elsewhere to another field, but asks when it was the same one", async () => {
    const shown = todo({ title: "Buy milk" });
    let theirs: Todo = { ...shown, priority: "high", version: 150 };
    const calls = answerWith({
      ...routes,
      [`GET /api/todos/${shown.id}`]: () => ({ json: theirs }),
      [`PATCH /api/todos/${shown.id}`]: ({ headers, body }) => {
        if (headers.has("if-match") && headers.get("if-match") !== `"${theirs.version}"`) return problem(412, "stale");
        theirs = { ...theirs, ...(body as object), version: theirs.version + 1 };
        return { json: theirs };
      },
    });
    renderWith(<TodosPage />, [shown]);
    const user = userEvent.setup();
    await rename(user, "Buy milk", "Buy oat milk");
    await waitFor(() => expect(theirs).toMatchObject({ title: "Buy oat milk", priority: "high", version: 151 }));
    theirs = { ...theirs, title: "Buy rice milk", version: 160 };
    await rename(user, "Buy oat milk", "Buy soy milk");
    await user.click(await screen.findByRole("button", { name: "Keep mine" }));
    await waitFor(() => expect(theirs.title).toBe("Buy soy milk"));
    expect(
      calls
        .filter((call) => call.method === "PATCH")
        .at(-1)
        ?.headers.has("if-match"),
    ).toBe(false);
  });

  it("takes in a change from elsewhere, and not an older one that comes late", async () => {
    answerWith(routes);
    const shown = todo({ title: "first" });
    const { client } = renderWith(<TodosPage />, [shown]);
    const arrive = (id: string, sequence: number, title: string) =>
      mutate(client, (known) => applyChanges(known, [updated({ ...shown, id, title, version: sequence })]));
    arrive(shown.id, 102, "third");
    await waitFor(() => expect(titles()).toEqual(["third"]));
    arrive(shown.id, 101, "second");
    arrive(uuid7(), 103, "another");
    await waitFor(() => expect(titles()).toContain("another"));
    expect(titles()).toContain("third");
    expect(titles()).toHaveLength(2);
  });

  it("is walked, ticked and edited by keys alone", async () => {
    const first = todo({ title: "first" });
    const second = todo({ title: "second" });
    const done = { ...second, completed: true, version: 300 };
    const calls = answerWith({
      ...routes,
      [`POST /api/todos/${second.id}/complete`]: { json: done },
      [`DELETE /api/todos/${first.id}`]: { status: 204, headers: { "todo-sequence": "302" } },
    });
    renderWith(<TodosPage />, [first, second]);
    const user = userEvent.setup();
    await user.keyboard("j");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Complete: second");
    await user.keyboard("x");
    await waitFor(() => expect(calls.some((call) => call.path.endsWith("/complete"))).toBe(true));
    await user.keyboard("j");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Complete: first");
    await user.keyboard("e");
    expect(await screen.findByLabelText("Title")).toHaveProperty("value", "first");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Complete: first"));
    await user.keyboard("#");
    await waitFor(() => expect(calls.some((call) => call.method === "DELETE")).toBe(true));
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Complete: second"));
  });

  it("gives the focus of a row that leaves to the one below it, also after others came above", async () => {
    answerWith(routes);
    const [low, middle, high, top] = ["low", "middle", "high", "top"].map((title) => todo({ title }));
    const { client } = renderWith(<TodosPage />, [low, middle, high] as Todo[]);
    await userEvent.setup().keyboard("jj");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Complete: middle");
    const arrive = (...changed: Todo[]) => mutate(client, (known) => applyChanges(known, changed.map(updated)));
    arrive(top as Todo);
    await waitFor(() => expect(titles()).toEqual(["top", "high", "middle", "low"]));
    arrive({ ...(middle as Todo), deleted_at: "2026-11-22T12:00:00Z", version: 200 });
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Complete: low"));
  });

  it("does many at once as one write", async () => {
    const shown = [todo({ title: "one" }), todo({ title: "two" }), todo({ title: "three" })];
    const calls = answerWith({
      ...routes,
      "POST /api/todos/bulk": ({ body }) => ({
        json: { results: (body as { operations: { id: string }[] }).operations.map(({ id }) => ({ todo: { id } })) },
        headers: { "todo-sequence": "110" },
      }),
    });
    renderWith(<TodosPage />, shown);
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Select" }));
    await user.click(screen.getByRole("checkbox", { name: "Select: three" }));
    await user.keyboard("{Shift>}");
    await user.click(screen.getByRole("checkbox", { name: "Select: one" }));
    await user.keyboard("{/Shift}");
    const bar = await screen.findByRole("toolbar", { name: "Selected todos" });
    expect(within(bar).getByText("3 selected")).toBeTruthy();
    await user.click(within(bar).getByRole("button", { name: "Complete" }));
    await waitFor(() => expect(calls.filter((call) => call.path === "/api/todos/bulk")).toHaveLength(1));
    expect(calls.find((call) => call.path === "/api/todos/bulk")?.body).toMatchObject({
      operations: [{ op: "complete" }, { op: "complete" }, { op: "complete" }],
    });
    expect(screen.queryByRole("toolbar")).toBeNull();
  });

  it("tells when the list is empty what to do next", () => {
    answerWith(routes);
    renderWith(<TodosPage />);
    expect(screen.getByText("Your list is empty")).toBeTruthy();
  });
});

function updated(changed: Todo): Change {
  const { version, updated_at } = changed;
  return {
    sequence: version,
    type: "todo.updated.v1",
    todo: changed,
    changed: [],
    previous: {},
    occurred_at: updated_at,
  };
}

async function rename(user: ReturnType<typeof userEvent.setup>, from: string, to: string): Promise<void> {
  await user.click(await screen.findByRole("button", { name: `Edit: ${from}` }));
  const title = await screen.findByLabelText("Title");
  await user.clear(title);
  await user.type(title, `${to}{Enter}`);
}
