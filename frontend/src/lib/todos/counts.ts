import { useMemo } from "react";
import { useOverdue, useToday, useTodos } from "./context";
import { INBOX, type ViewName } from "./views";

/** How many todos are open in each view; completed and deleted ones are not counted. */
export function useViewCounts(): Partial<Record<ViewName | "overdue", number>> {
  const { todos } = useTodos();
  const today = useToday();
  const overdue = useOverdue();
  return useMemo(() => {
    const counts = { active: 0, today: 0, upcoming: 0, overdue: 0 };
    for (const todo of todos.values()) {
      if (todo.deleted_at || todo.completed) continue;
      counts.active += 1;
      if (!todo.due_date) continue;
      counts[todo.due_date <= today ? "today" : "upcoming"] += 1;
      if (overdue.has(todo.id)) counts.overdue += 1;
    }
    return counts;
  }, [todos, today, overdue]);
}

/** How many open todos each project has, by its id; those without one are in the inbox. */
export function useProjectCounts(): ReadonlyMap<string, number> {
  const { todos } = useTodos();
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const { project_id, deleted_at, completed } of todos.values()) {
      const key = project_id ?? INBOX;
      if (!deleted_at && !completed) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }, [todos]);
}

/** The tags of open todos, the most used first. */
export function useTagCounts(): { tag: string; count: number }[] {
  const { todos } = useTodos();
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const todo of todos.values()) {
      if (todo.deleted_at || todo.completed) continue;
      for (const tag of todo.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    return [...counts]
      .map(([tag, count]) => ({ tag, count }))
      .sort((one, other) => other.count - one.count || one.tag.localeCompare(other.tag));
  }, [todos]);
}
