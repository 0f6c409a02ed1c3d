import type { ItemProps } from "./item-props";

export function SelectBox({ todo, selected, selecting, actions }: ItemProps) {
  return (
    <span className={`h-12 w-7 shrink-0 place-items-center ${selecting ? "grid" : "-ms-7 hidden md:grid"}`}>
      <input
        type="checkbox"
        className={`check check-square ${selecting ? "" : "not-focus-visible:not-group-hover/item:border-transparent"}`}
        checked={selected}
        onChange={(event) => actions.select(todo.id, (event.nativeEvent as PointerEvent).shiftKey)}
        aria-label={`Select: ${todo.title}`}
      />
    </span>
  );
}
