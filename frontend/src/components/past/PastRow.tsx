import type { Todo } from "@/lib/api/types";
import { TodoMeta } from "../todos/TodoMeta";

interface PastRowProps {
  todo: Todo;
  depth: number;
  project?: string;
  today: string;
  overdue: boolean;
}

export function PastRow({ todo, depth, project, today, overdue }: PastRowProps) {
  return (
    <div
      className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 py-2"
      style={depth > 0 ? { marginInlineStart: `${depth * 1.5}rem` } : undefined}
    >
      <input
        type="checkbox"
        className="check pointer-events-none"
        checked={todo.completed}
        disabled
        aria-label={`Completed: ${todo.title}`}
      />
      <bdi className={`min-w-0 flex-1 [overflow-wrap:anywhere] ${todo.completed ? "text-faint" : ""}`}>
        {todo.title}
      </bdi>
      <span className="todo-meta mt-0">
        {project && <span className="max-w-40 truncate">{project}</span>}
        <TodoMeta todo={{ ...todo, reminders: todo.reminders ?? [] }} today={today} overdue={overdue} />
      </span>
    </div>
  );
}
