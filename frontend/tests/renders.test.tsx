import { act, screen } from "@testing-library/react";
import { Profiler, type ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
// Parts that the page loads later: they are there before the commits are counted.
import "@/components/shell/MoreLinks";
import "@/components/filters/FilterTabs";
import { Sidebar } from "@/components/shell/Sidebar";
import { TodosPage } from "@/components/todos/TodosPage";
import type { Change, Todo } from "@/lib/api/types";
import { mutate } from "@/lib/todos/cache";
import { applyChanges } from "@/lib/todos/collection";
import { FILTERS } from "@/lib/todos/filters";
import { answerWith, renderWith, todo } from "./support";

/** Commits by the id of the profiler: the rows' are the ids of their todos. */
const commits = new Map<string, number>();

function profiled(id: string, children: ReactNode) {
  const count = () => commits.set(id, (commits.get(id) ?? 0) + 1);
  return (
    <Profiler id={id} onRender={count}>
      {children}
    </Profiler>
  );
}

// A profiler inside each row, around what stands beside its title, and one around each part that is no row.
vi.mock("@/components/todos/TodoMeta", async (original) => {
  const real = await original<typeof import("@/components/todos/TodoMeta")>();
  type Props = Parameters<typeof real.TodoMeta>[0];
  return {
    ...real,
    TodoMeta: (props: Props) => profiled("id" in props.todo ? props.todo.id : "hint", <real.TodoMeta {...props} />),
  };
});
vi.mock("@/components/todos/TodoForm", async (original) => {
  const real = await original<typeof import("@/components/todos/TodoForm")>();
  type Props = Parameters<typeof real.TodoForm>[0];
  return { ...real, TodoForm: (props: Props) => profiled("form", <real.TodoForm {...props} />) };
});

vi.mock("@/components/Select", async (original) => {
  const real = await original<typeof import("@/components/Select")>();
  type Props = Parameters<typeof real.Select>[0];
  return { ...real, Select: (props: Props) => profiled("toolbar", <real.Select {...props} />) };
});

const NOW = Date.parse("2026-11-22T12:00:00Z");
const TICK_MS = 30_000;

async function setUp() {
  vi.useFakeTimers({ now: NOW, toFake: ["Date", "setInterval", "clearInterval"] });
  answerWith({ "GET *": { json: [] } });
  const due = (index: number) => new Date(NOW + (index + 1) * TICK_MS - 1).toISOString();
  const todos = Array.from({ length: 50 }, (_, index) =>
    todo({ tags: ["home"], due_date: "2026-11-22", due_time: "12:00", due_at: due(index + 1) }),
  );
  // In an element of their own: a profiler right below the provider does not see changes of a context.
  const page = (
    <div>
      {profiled("sidebar", <Sidebar />)}
      {profiled("page", <TodosPage />)}
    </div>
  );
  const { client } = renderWith(page, todos);
  expect([...commits.keys()]).toEqual(
    expect.arrayContaining(["sidebar", "page", "form", "toolbar", ...todos.map(({ id }) => id)]),
  );
  const idle = () => act(() => new Promise((done) => setTimeout(done, 5)));
  while (client.getQueryState(FILTERS)?.status !== "success") await idle();
  do {
    commits.clear();
    await idle();
  } while (commits.size > 0);
  return {
    todos,
    tick: () => act(() => vi.advanceTimersByTime(TICK_MS)),
    async arrive(changed: Todo) {
      mutate(client, (known) => applyChanges(known, [changeOf(changed)]));
      await screen.findByText(changed.title);
      await idle();
    },
  };
}

function changeOf(changed: Todo): Change {
  const { version: sequence, updated_at: occurred_at } = changed;
  return { type: "todo.updated.v1", sequence, todo: changed, changed: [], previous: {}, occurred_at };
}

beforeEach(() => commits.clear());

describe("a list of 50 todos", () => {
  it("renders nothing at a tick by which nothing becomes overdue", async () => {
    const { tick } = await setUp();
    tick();
    expect(Object.fromEntries(commits)).toEqual({});
  });

  it("renders at a tick the row that becomes overdue, and no other", async () => {
    const { todos, tick } = await setUp();
    tick();
    commits.clear();
    tick();
    expect(Object.fromEntries(commits)).toEqual({ [todos[0]?.id ?? ""]: 1, page: 1, sidebar: 1 });
  });

  it("renders at an event the row of its todo, and no other", async () => {
    const { todos, arrive } = await setUp();
    const changed = { ...(todos[20] as Todo), title: "Changed", version: 200 };
    await arrive(changed);
    expect(Object.fromEntries(commits)).toEqual({ [changed.id]: 1, page: 1, sidebar: 1 });
  });

  it("renders at an event the row that is new, and no other", async () => {
    const { arrive } = await setUp();
    const added = todo({ tags: ["home"], version: 200 });
    await arrive(added);
    expect(Object.fromEntries(commits)).toEqual({ [added.id]: 1, page: 1, sidebar: 1 });
  });
});
