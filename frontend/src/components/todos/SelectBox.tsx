import type { ItemProps } from "./item-props";

export function SelectBox({ todo, selected, selecting, actions }: ItemProps) {
  return (
    <span className="select-box" data-always={selecting || undefined}>
      <input
        type="checkbox"
        className="check check-square"
        checked={selected}
        onChange={(event) => actions.select(todo.id, (event.nativeEvent as PointerEvent).shiftKey)}
        aria-label={`Select: ${todo.title}`}
      />
    </span>
  );
}
