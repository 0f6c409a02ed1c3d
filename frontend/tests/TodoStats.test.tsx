import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { StatsPage } from "@/components/stats/StatsPage";
import TodoStats from "@/components/stats/TodoStats";
import { acceptStats } from "@/lib/stats/queries";
import { useTodoActions, useTodos } from "@/lib/todos/context";
import { answerWith, problem, renderWith, STATS, todo } from "./support";

function stat(name: string): string | null | undefined {
  return document.querySelector(`[data-stat=${name}]`)?.textContent;
}

function CompleteAll() {
  const { todos } = useTodos();
  const { run } = useTodoActions();
  return (
    <button type="button" onClick={() => void run([...todos.keys()].map((id) => ({ op: "complete", id })))}>
      Complete all
    </button>
  );
}

const daily = ({ path }: { path: string }) => {
  const to = new URLSearchParams(path.split("?")[1]).get("to") ?? "";
  return { json: [{ date: to, created: 1, completed: 2, active_at_end: 6 }] };
};

describe("TodoStats", () => {
  it("shows the share that is done, the goal and the streak", async () => {
    answerWith({ "GET /api/stats": { json: STATS }, "GET /api/stats/daily": daily });
    renderWith(<TodoStats />);
    expect(await screen.findByRole("img", { name: "40 percent of all todos completed" })).toBeTruthy();
    expect(stat("rate")).toBe("40%");
    expect(stat("totals")).toBe("4 of 10");
    expect(stat("today")).toBe("2 / 5");
    expect(stat("streak")).toBe("3");
  });

  it("counts a completion at once, and not twice when the projection has it", async () => {
    const shown = todo();
    answerWith({
      "GET /api/stats": { json: STATS },
      "GET /api/stats/daily": daily,
      [`POST /api/todos/${shown.id}/complete`]: {
        json: { ...shown, completed: true, version: 101 },
        headers: { "todo-sequence": "101" },
      },
    });
    const { client } = renderWith(
      <>
        <TodoStats />
        <CompleteAll />
      </>,
      [shown],
    );
    await waitFor(() => expect(stat("totals")).toBe("4 of 10"));
    await userEvent.setup().click(screen.getByRole("button", { name: "Complete all" }));
    await waitFor(() => expect(stat("totals")).toBe("5 of 10"));
    expect(stat("today")).toBe("3 / 5");
    const streak = (current: number) => ({ ...STATS.streak, current });
    acceptStats(client, { ...STATS, completed: 5, completion_rate: 0.5, streak: streak(4), as_of_sequence: 101 });
    await waitFor(() => expect(stat("streak")).toBe("4"));
    expect(stat("totals")).toBe("5 of 10");
    acceptStats(client, { ...STATS, completed: 0, streak: streak(0), as_of_sequence: 99 });
    acceptStats(client, { ...STATS, completed: 6, completion_rate: 0.6, streak: streak(5), as_of_sequence: 102 });
    await waitFor(() => expect(stat("streak")).toBe("5"));
    expect(stat("totals")).toBe("6 of 10");
  });

  it("takes a refused completion out of the numbers again", async () => {
    const shown = todo();
    answerWith({
      "GET /api/stats": { json: STATS },
      "GET /api/stats/daily": daily,
      [`POST /api/todos/${shown.id}/complete`]: problem(409, "conflict"),
    });
    renderWith(
      <>
        <TodoStats />
        <CompleteAll />
      </>,
      [shown],
    );
    await waitFor(() => expect(stat("totals")).toBe("4 of 10"));
    await userEvent.setup().click(screen.getByRole("button", { name: "Complete all" }));
    await screen.findByText(/was not saved/);
    expect(stat("totals")).toBe("4 of 10");
  });

  it("says that the statistics are paused, and comes back", async () => {
    let up = false;
    answerWith({
      "GET /api/stats": () => (up ? { json: STATS } : problem(503, "unavailable")),
      "GET /api/stats/daily": daily,
    });
    renderWith(<TodoStats />);
    expect(await screen.findByText("Statistics are paused", {}, { timeout: 4000 })).toBeTruthy();
    up = true;
    await userEvent.setup().click(screen.getByRole("button", { name: "Try now" }));
    await waitFor(() => expect(stat("rate")).toBe("40%"));
  });

  it("has every picture as a table too", async () => {
    answerWith({ "GET /api/stats": { json: STATS }, "GET /api/stats/daily": daily });
    renderWith(<StatsPage />);
    const buttons = await screen.findAllByRole("button", { name: / as a table$/ });
    await screen.findByRole("img", { name: "2 completed in the last year" });
    const user = userEvent.setup();
    for (const button of buttons) await user.click(button);
    expect(screen.getAllByRole("table")).toHaveLength(buttons.length);
    expect(screen.getByRole("cell", { name: "home" })).toBeTruthy();
  });
});
