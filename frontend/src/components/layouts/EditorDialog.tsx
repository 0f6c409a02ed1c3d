import { useEffect, useRef } from "react";
import type { Todo } from "@/lib/api/types";
import type { ItemActions } from "../todos/item-props";
import TodoEditor from "../todos/TodoEditor";

export function EditorDialog({ todo, actions }: { todo: Todo; actions: ItemActions }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="editor-dialog" aria-label={`Edit ${todo.title}`} onClose={() => actions.edit(null)}>
      <TodoEditor todo={todo} actions={actions} />
    </dialog>
  );
}
