import { lazy, memo, Suspense } from "react";
import { preload } from "@/lib/preload";
import { Grip } from "../Grip";
import { CompleteBox } from "./CompleteBox";
import type { ItemProps } from "./item-props";
import { RowActions } from "./RowActions";
import { SelectBox } from "./SelectBox";
import { TodoTitle } from "./TodoTitle";

const loadEditor = () => import("./TodoEditor");
const TodoEditor = lazy(loadEditor);

/** So that the first edit does not wait for the network; without a network it is loaded by that edit. */
export function preloadEditor(): void {
  preload(loadEditor);
}

export const TodoItem = memo(function TodoItem(props: ItemProps) {
  const { todo, depth = 0, card = false, editing, selected, selecting, actions } = props;
  if (editing) {
    return (
      <Suspense fallback={<div className="h-12" />}>
        <TodoEditor todo={todo} actions={actions} />
      </Suspense>
    );
  }
  return (
    <div
      className={`todo-row group/item ${selected ? "bg-accent-soft hover:bg-accent-soft" : ""}`}
      style={depth > 0 ? { marginInlineStart: `${depth * 1.5 - 0.5}rem` } : undefined}
    >
      {(!card || selecting) && <SelectBox {...props} />}
      {!todo.deleted_at && <CompleteBox {...props} />}
      <TodoTitle {...props} />
      {!card && <RowActions {...props} />}
      {!todo.deleted_at && <Grip />}
    </div>
  );
});
