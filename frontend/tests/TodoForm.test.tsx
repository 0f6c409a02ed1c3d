import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { TodoForm } from "@/components/todos/TodoForm";
import { addDays, dayOf } from "@/lib/time";
import { useTodos } from "@/lib/todos/context";
import { answerWith, problem, project, renderWith, todo, USER } from "./support";

function Titles() {
  return (
    <ul aria-label="Titles">
      {[...useTodos().todos.values()].map(({ id, title }) => (
        <li key={id}>{title}</li>
      ))}
    </ul>
  );
}

const HOME = project({ name: "Home" });

function setUp(create: Parameters<typeof answerWith>[0]["x"], defaults = {}) {
  const calls = answerWith({ "POST /api/todos": create });
  renderWith(
    <>
      <TodoForm defaults={defaults} />
      <Titles />
    </>,
    [],
    [HOME],
  );
  return { calls, input: screen.getByLabelText("New todo"), user: userEvent.setup() };
}

const echo = ({ body }: { body: unknown }) => ({
  status: 201,
  json: todo(body as object),
  headers: { "todo-sequence": "101" },
});

describe("TodoForm", () => {
  it("shows the todo before the server has answered, and sends its id and a key", async () => {
    let answer: (reply: ReturnType<typeof echo>) => void = () => {};
    const { calls, input, user } = setUp(() => new Promise((resolve) => (answer = resolve)));
    await user.type(input, "Buy milk{Enter}");
    expect(await screen.findByText("Buy milk")).toBeTruthy();
    expect(input).toHaveProperty("value", "");
    await waitFor(() => expect(calls).toHaveLength(1));
    const body = calls[0]?.body as { id: string };
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      title: "Buy milk",
      priority: "none",
    });
    expect(calls[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
    answer(echo({ body }));
    await waitFor(() => expect(screen.getAllByText("Buy milk")).toHaveLength(1));
  });

  it("reads tags, priority and day out of the line", async () => {
    const { calls, input, user } = setUp(echo);
    await user.type(input, "Buy #1 milk #home !high tomorrow every week ~home{Enter}");
    await waitFor(() => expect(calls).toHaveLength(1));
    const tomorrow = addDays(dayOf(Date.now(), USER), 1);
    expect(calls[0]?.body).toMatchObject({
      title: "Buy #1 milk",
      tags: ["home"],
      priority: "high",
      due_date: tomorrow,
      recurrence: { rule: "FREQ=WEEKLY", mode: "schedule" },
      project_id: HOME.id,
    });
  });

  it("shows what it has read, and takes it back by mouse and by keyboard", async () => {
    const { calls, input, user } = setUp(echo);
    await user.type(input, "Watch Friday 5pm !high");
    await user.click(await screen.findByRole("button", { name: /^Take back day: / }));
    expect(input).toHaveProperty("value", 'Watch "Friday" 5pm !high');
    expect(document.activeElement).toBe(input);
    await user.tab();
    await user.tab();
    await user.keyboard(" ");
    expect(input).toHaveProperty("value", 'Watch "Friday" "5pm" !high');
    await user.keyboard("{Enter}");
    await waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]?.body).toMatchObject({ title: "Watch Friday 5pm", priority: "high" });
    expect(calls[0]?.body).not.toHaveProperty("due_date");
  });

  it("takes what the view gives", async () => {
    const { calls, input, user } = setUp(echo, { tags: ["work"], due_date: "2026-12-24" });
    await user.type(input, "Call{Enter}");
    await waitFor(() => expect(calls[0]?.body).toMatchObject({ tags: ["work"], due_date: "2026-12-24" }));
  });

  it("sends nothing without a title or with one that is too long", async () => {
    const { calls, input, user } = setUp(echo);
    await user.type(input, "   #home{Enter}");
    await user.clear(input);
    await user.click(input);
    await user.paste("x".repeat(501));
    await user.keyboard("{Enter}");
    expect(screen.getByText(/at most 500 characters/)).toBeTruthy();
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(calls).toHaveLength(0);
  });

  it("takes a refused todo back and says why", async () => {
    const errors = [{ pointer: "/title", detail: "This title is refused." }];
    const { input, user } = setUp(problem(422, "invalid", { errors }));
    await user.type(input, "Bad one{Enter}");
    expect(await screen.findByText(/“Bad one” was not saved. This title is refused./)).toBeTruthy();
    expect(screen.queryByText("Bad one")).toBeNull();
  });

  it("sends again under the same key when the connection broke, to be merged", async () => {
    const { calls, input, user } = setUp(() => {
      throw new TypeError("connection reset");
    });
    await user.type(input, "Once{Enter}");
    await waitFor(() => expect(calls.length).toBeGreaterThan(1), { timeout: 3000 });
    const [first, again] = calls;
    expect([first?.path, again?.path]).toEqual(["/api/todos", "/api/sync"]);
    expect(again?.body).toMatchObject({ commands: [{ id: first?.headers.get("idempotency-key"), op: "create" }] });
  });

  it("is emptied by Escape, and left by a second one", async () => {
    const { input, user } = setUp(echo);
    await user.type(input, "x{Escape}");
    expect(input).toHaveProperty("value", "");
    expect(document.activeElement).toBe(input);
    await user.keyboard("{Escape}");
    expect(document.activeElement).not.toBe(input);
  });
});
