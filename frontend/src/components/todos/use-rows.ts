import { useDeferredValue, useMemo } from "react";
import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { useOverdue, useToday, useTodos, useUser, useWork } from "@/lib/todos/context";
import { inView, type Row, rowsOf } from "@/lib/todos/rows";
import type { View } from "@/lib/todos/views";

const NO_IDS: ReadonlySet<string> = new Set();

/** The rows of a view, deferred behind the typing of a search. */
export function useRows(view: View): Row[] {
  const { todos } = useTodos();
  const today = useToday();
  const overdue = useOverdue();
  const user = useUser();
  const { sort } = useStore(useApp().preferences);
  const lingering = useStore(useWork().lingering, NO_IDS);
  const wanted = useDeferredValue(view);
  // The same from one keystroke of a search to the next.
  const sorted = useMemo(
    () => inView(todos, wanted.name, { sort, today, lingering }),
    [todos, wanted.name, sort, today, lingering],
  );
  return useMemo(
    () => rowsOf(todos, wanted, { sort, today, overdue, lingering, user }, sorted),
    [todos, wanted, sort, today, overdue, lingering, user, sorted],
  );
}
