import type { Priority } from "@/lib/api/types";
import type { ItemProps } from "./item-props";

const RING: Record<Priority, string> = {
  urgent: "[--ring:var(--urgent)]",
  high: "[--ring:var(--high)]",
  medium: "[--ring:var(--medium)]",
  low: "[--ring:var(--low)]",
  none: "",
};

export function CompleteBox({ todo, actions }: ItemProps) {
  return (
    <span className="grid h-12 w-8 shrink-0 place-items-center">
      <input
        type="checkbox"
        data-row-focus
        className={`check ${RING[todo.priority]}`}
        checked={todo.completed}
        onChange={() => actions.toggle(todo)}
        aria-label={`Complete: ${todo.title}`}
      />
    </span>
  );
}
