import type { ItemProps } from "./item-props";

export function CompleteBox({ todo, actions }: ItemProps) {
  return (
    <span className="grid h-12 w-8 shrink-0 place-items-center">
      <input
        type="checkbox"
        data-row-focus
        data-priority={todo.priority}
        className="check"
        checked={todo.completed}
        onChange={() => actions.toggle(todo)}
        aria-label={`Complete: ${todo.title}`}
      />
    </span>
  );
}
