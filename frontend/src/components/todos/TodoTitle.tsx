import type { MouseEvent } from "react";
import { relativeDay } from "@/lib/time";
import { Icon } from "../Icon";
import type { ItemProps } from "./item-props";
import { TodoMeta } from "./TodoMeta";

export function TodoTitle({ todo, subtasks, parent, today, overdue, saving, actions }: ItemProps) {
  function onClick(event: MouseEvent): void {
    if (event.shiftKey || event.metaKey || event.ctrlKey) actions.select(todo.id, event.shiftKey);
    else actions.edit(todo.id);
  }
  const deferred = todo.start_date && todo.start_date > today ? todo.start_date : null;
  const hasMeta =
    todo.due_date ||
    todo.tags.length > 0 ||
    todo.reminders.length > 0 ||
    todo.priority !== "none" ||
    todo.description ||
    subtasks ||
    parent ||
    deferred;
  const done = todo.completed ? "text-faint line-through decoration-faint/60" : "";
  return (
    <div className="todo-text">
      <button
        type="button"
        data-row-focus={todo.deleted_at ? true : undefined}
        disabled={todo.deleted_at !== null}
        onClick={onClick}
        aria-label={`Edit: ${todo.title}`}
        className={`todo-title ${done} ${saving ? "opacity-75" : ""}`}
      >
        <bdi data-name>{todo.title}</bdi>
      </button>
      {hasMeta && (
        <span className="todo-meta">
          {parent && <span className="max-w-40 truncate">in {parent}</span>}
          {subtasks && (
            <span className="inline-flex items-center gap-1 tabular-nums">
              <Icon name="select" className="size-3.5" />
              <span className="sr-only">Subtasks done: </span>
              {subtasks}
            </span>
          )}
          {todo.description && <Icon name="notes" className="size-3.5" />}
          {deferred && <span className="whitespace-nowrap">from {relativeDay(deferred, today)}</span>}
          <TodoMeta todo={todo} today={today} overdue={overdue} />
        </span>
      )}
    </div>
  );
}
