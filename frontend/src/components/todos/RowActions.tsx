import { Icon } from "../Icon";
import type { ItemProps } from "./item-props";

/** Shown for a todo in the list while it is pointed at or focused, in the trash always: there they are the purpose. */
const IN_LIST = [
  "hidden md:flex md:w-0 md:overflow-hidden md:group-hover/item:w-auto",
  "md:group-focus-within/item:w-auto md:group-focus-within/item:overflow-visible",
].join(" ");

export function RowActions({ todo, actions }: ItemProps) {
  return (
    <span className={`h-12 items-center gap-0.5 ${todo.deleted_at ? "flex" : IN_LIST}`}>
      {todo.deleted_at && (
        <button
          type="button"
          className="btn-icon"
          aria-label={`Restore: ${todo.title}`}
          onClick={() => actions.restore(todo)}
        >
          <Icon name="restore" />
        </button>
      )}
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
