import { Icon } from "../Icon";
import type { ItemProps } from "./item-props";

export function RowActions({ todo, actions }: ItemProps) {
  return (
    <span className="row-actions" data-always={todo.deleted_at ? "" : undefined}>
      <button
        type="button"
        className="btn-icon"
        aria-label={`${todo.deleted_at ? "Restore" : "Move"}: ${todo.title}`}
        onClick={() => (todo.deleted_at ? actions.restore(todo) : actions.move(todo.id))}
      >
        <Icon name={todo.deleted_at ? "restore" : "move"} />
      </button>
      <button
        type="button"
        className="btn-icon"
        aria-label={`${todo.deleted_at ? "Delete for good" : "Delete"}: ${todo.title}`}
        onClick={() => actions.remove(todo)}
      >
        <Icon name="trash" />
      </button>
    </span>
  );
}
