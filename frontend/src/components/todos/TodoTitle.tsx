import type { MouseEvent } from "react";
import { Icon } from "../Icon";
import type { ItemProps } from "./item-props";
import { TodoMeta } from "./TodoMeta";

export function TodoTitle({ todo, today, overdue, saving, actions }: ItemProps) {
  function onClick(event: MouseEvent): void {
    if (event.shiftKey || event.metaKey || event.ctrlKey) actions.select(todo.id, event.shiftKey);
    else actions.edit(todo.id);
  }
  const hasMeta = todo.due_date || todo.tags.length > 0 || todo.priority !== "none" || todo.description;
  const done = todo.completed ? "text-faint line-through decoration-faint/60" : "";
  return (
    <div className="min-w-0 flex-1 py-3 sm:flex sm:min-h-12 sm:items-center sm:gap-3 sm:py-1">
      <button
        type="button"
        data-row-focus={todo.deleted_at ? true : undefined}
        disabled={todo.deleted_at !== null}
        onClick={onClick}
        aria-label={`Edit: ${todo.title}`}
        className={`todo-title ${done} ${saving ? "opacity-75" : ""}`}
      >
        <bdi>{todo.title}</bdi>
      </button>
      {hasMeta && (
        <span className="todo-meta">
          {todo.description && <Icon name="notes" className="size-3.5" />}
          <TodoMeta todo={todo} today={today} overdue={overdue} />
        </span>
      )}
    </div>
  );
}
