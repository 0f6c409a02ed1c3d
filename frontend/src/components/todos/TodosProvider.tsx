import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue, useEffect, useMemo, useState } from "react";
import type { Project, Todo, User } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { dayOf } from "@/lib/time";
import {
  ActionsContext,
  OverdueContext,
  ProjectsContext,
  SavingContext,
  type ShownTodos,
  TodayContext,
  TodosContext,
  UserContext,
  WorkContext,
} from "@/lib/todos/context";
import { todosQuery } from "@/lib/todos/queries";
import { type Clock, isOverdue } from "@/lib/todos/views";
import { createWork } from "@/lib/todos/work";
import { withProjectWrites, withWrites } from "@/lib/todos/writes";
import { useActions } from "./use-actions";

const NONE: ReadonlyMap<string, Todo> = new Map();
const NO_PROJECTS: ReadonlyMap<string, Project> = new Map();
const TICK_MS = 30_000;

/** Everything about the todos of one user. A tick renders this component alone, unless a value it provides changes. */
export function TodosProvider({ user, children }: { user: User; children: ReactNode }) {
  const [work] = useState(createWork);
  const { actions, ready } = useActions(work, user);
  const { data, error } = useQuery({ ...todosQuery(useApp().api), enabled: ready });
  const writes = useStore(work.writes);
  const stored = data?.todos;
  const todos = useMemo(() => withWrites(stored ?? NONE, writes), [stored, writes]);
  const listed = data?.projects ?? NO_PROJECTS;
  const projects = useMemo(() => withProjectWrites(listed, writes), [listed, writes]);
  const saving = useMemo(() => new Set(writes.flatMap((write) => write.actions.map(({ id }) => id))), [writes]);
  const shown = useMemo<ShownTodos>(
    () => ({ todos, loading: !stored && !error, error: stored ? null : error }),
    [todos, stored, error],
  );
  const clock = useClock(user);
  return (
    <UserContext value={user}>
      <WorkContext value={work}>
        <ActionsContext value={actions}>
          <TodayContext value={clock.today}>
            <OverdueContext value={useOverdueIds(useDeferredValue(todos), clock)}>
              <SavingContext value={saving}>
                <ProjectsContext value={projects}>
                  <TodosContext value={shown}>{children}</TodosContext>
                </ProjectsContext>
              </SavingContext>
            </OverdueContext>
          </TodayContext>
        </ActionsContext>
      </WorkContext>
    </UserContext>
  );
}

/** Todos become overdue, and days change, while the page is open. */
function useClock(user: User): Clock {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return useMemo(() => ({ now, today: dayOf(now, user) }), [now, user]);
}

function useOverdueIds(todos: ReadonlyMap<string, Todo>, clock: Clock): ReadonlySet<string> {
  const ids = useMemo(
    () => [...todos.values()].filter((todo) => isOverdue(todo, clock)).map(({ id }) => id),
    [todos, clock],
  );
  const key = ids.join(" ");
  // The key stands for the ids: the set stays the same while it does.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  return useMemo(() => new Set(ids), [key]);
}
