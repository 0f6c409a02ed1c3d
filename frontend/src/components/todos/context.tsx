"use client";

import { useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Todo, User } from "@/lib/api/types";
import { dayOf } from "@/lib/time";
import { type CommandContext, run, undoLast, WRITES } from "@/lib/todos/commands";
import { todosQuery } from "@/lib/todos/queries";
import type { Clock } from "@/lib/todos/views";
import { type Action, type Write, withWrites } from "@/lib/todos/writes";

interface Todos {
  /** What is shown: the server's state with the writes under way on top. */
  todos: ReadonlyMap<string, Todo>;
  user: User;
  clock: Clock;
  loading: boolean;
  error: unknown;
  /** Ids whose write has not been answered yet. */
  saving: ReadonlySet<string>;
  reload: () => void;
  run: (actions: Action[]) => Promise<boolean>;
  undo: () => void;
}

const TodosContext = createContext<Todos | null>(null);
const NONE: ReadonlyMap<string, Todo> = new Map();

export function useTodos(): Todos {
  const todos = useContext(TodosContext);
  if (!todos) throw new Error("useTodos needs a TodosProvider");
  return todos;
}

/** For what also stands on the page before anybody is signed in. */
export function useOptionalTodos(): Todos | null {
  return useContext(TodosContext);
}

export function TodosProvider({ user, children }: { user: User; children: ReactNode }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(todosQuery);
  const writes = useMutationState({
    filters: { mutationKey: WRITES, status: "pending" },
    select: (mutation) => mutation.state.variables as Write,
  });
  const clock = useClock(user);
  const todos = useMemo(() => withWrites(data?.todos ?? NONE, writes), [data, writes]);
  const saving = useMemo(() => new Set(writes.flatMap((write) => write.actions.map(({ id }) => id))), [writes]);
  const context: CommandContext = useMemo(() => ({ client, userId: user.id }), [client, user.id]);
  useWarningBeforeLeaving(writes.length > 0);

  const value = useMemo<Todos>(
    () => ({
      todos,
      user,
      clock,
      saving,
      loading: data === undefined && !error,
      error: data === undefined ? error : null,
      reload: () => void refetch(),
      run: (actions) => run(context, actions),
      undo: () => undoLast(context),
    }),
    [todos, user, clock, saving, data, error, refetch, context],
  );
  return <TodosContext value={value}>{children}</TodosContext>;
}

/** Ticks each half minute: things become overdue, and days change, while the page is open. */
function useClock(user: User): Clock {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return useMemo(() => ({ now, today: dayOf(now, user) }), [now, user]);
}

function useWarningBeforeLeaving(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);
}
