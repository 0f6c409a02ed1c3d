import { useMemo } from "react";
import { isOverdue, type ViewName } from "@/lib/todos/views";
import { useOptionalTodos } from "./context";

const NONE: Partial<Record<ViewName | "overdue", number>> = {};

/** How many todos wait in each view; what is done or thrown away is not counted. */
export function useViewCounts(): Partial<Record<ViewName | "overdue", number>> {
  const context = useOptionalTodos();
  const todos = context?.todos;
  const clock = context?.clock;
  return useMemo(() => {
    if (!todos || !clock) return NONE;
    const counts = { active: 0, today: 0, upcoming: 0, overdue: 0 };
    for (const todo of todos.values()) {
      if (todo.deleted_at || todo.completed) continue;
      counts.active += 1;
      if (!todo.due_date) continue;
      counts[todo.due_date <= clock.today ? "today" : "upcoming"] += 1;
      if (isOverdue(todo, clock)) counts.overdue += 1;
    }
    return counts;
  }, [todos, clock]);
}

/** The tags of open todos, the most used first. */
export function useTagCounts(): { tag: string; count: number }[] {
  const todos = useOptionalTodos()?.todos;
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const todo of todos?.values() ?? []) {
      if (todo.deleted_at || todo.completed) continue;
      for (const tag of todo.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    return [...counts]
      .map(([tag, count]) => ({ tag, count }))
      .sort((one, other) => other.count - one.count || one.tag.localeCompare(other.tag));
  }, [todos]);
}

export function usePendingCount(): number {
  return useOptionalTodos()?.saving.size ?? 0;
}
