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
      className="flex items-start gap-3 sm:items-center"
      style={depth > 0 ? { marginInlineStart: `${depth * 1.5}rem` } : undefined}
    >
      <input
        type="checkbox"
        className="check pointer-events-none mt-3.5 sm:mt-0"
        checked={todo.completed}
        disabled
        aria-label={`Completed: ${todo.title}`}
      />
      <div className="todo-text">
        <bdi className={`block min-w-0 [overflow-wrap:anywhere] ${todo.completed ? "text-faint" : ""}`}>
          {todo.title}
        </bdi>
        <span className="todo-meta">
          {project && <span className="max-w-40 truncate">{project}</span>}
          <TodoMeta todo={{ ...todo, reminders: todo.reminders ?? [] }} today={today} overdue={overdue} />
        </span>
      </div>
    </div>
  );
}
