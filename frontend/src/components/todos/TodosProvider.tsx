import { useMutationState, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { ConnectionError, describe } from "@/lib/api/errors";
import type { Project, Todo, User } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import { preload } from "@/lib/preload";
import { dayOf } from "@/lib/time";
import {
  ActionsContext,
  OverdueContext,
  ProjectsContext,
  SavingContext,
  type ShownTodos,
  TodayContext,
  type TodoActions,
  TodosContext,
  UserContext,
  WorkContext,
} from "@/lib/todos/context";
import { todosQuery } from "@/lib/todos/queries";
import { type Clock, isOverdue } from "@/lib/todos/views";
import { createWork, type Work, WRITES } from "@/lib/todos/work";
import { type Write, withProjectWrites, withWrites } from "@/lib/todos/writes";

const NONE: ReadonlyMap<string, Todo> = new Map();
const NO_PROJECTS: ReadonlyMap<string, Project> = new Map();
const TICK_MS = 30_000;

/** Everything about the todos of one user. A tick renders this component alone, unless a value it provides changes. */
export function TodosProvider({ user, children }: { user: User; children: ReactNode }) {
  const [work] = useState(createWork);
  const { data, error, refetch } = useQuery(todosQuery(useApp().api));
  const writes = useMutationState({
    filters: { mutationKey: WRITES, status: "pending" },
    select: (mutation) => mutation.state.variables as Write,
  });
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
  useWarningBeforeLeaving(writes.length > 0);
  return (
    <UserContext value={user}>
      <WorkContext value={work}>
        <ActionsContext value={useActions(work, user, refetch)}>
          <TodayContext value={clock.today}>
            <OverdueContext value={useOverdueIds(todos, clock)}>
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

const loadCommands = () => import("@/lib/todos/commands");
type Commands = Awaited<ReturnType<typeof loadCommands>>;

/** What writes is loaded after the page, and carries out at once when it is there. */
function useActions(work: Work, user: User, refetch: () => unknown): TodoActions {
  const app = useApp();
  const loaded = useRef<Commands>(undefined);
  useEffect(() => preload(async () => (loaded.current = await loadCommands())), []);
  return useMemo(() => {
    const context = { ...app, user, ...work };
    const refuse = (): undefined => {
      app.notices.notify(describe(new ConnectionError()), { tone: "error" });
    };
    function act<T>(use: (commands: Commands) => T): T | Promise<T | undefined> {
      return loaded.current ? use(loaded.current) : loadCommands().then(use, refuse);
    }
    return {
      run: async (actions) => (await act(({ run }) => run(context, actions))) ?? false,
      undo: (action) => void act(({ undo }) => undo(context, action)),
      redo: () => void act(({ redo }) => redo(context)),
      reload: () => void refetch(),
    };
  }, [app, user, work, refetch]);
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

function useWarningBeforeLeaving(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);
}
