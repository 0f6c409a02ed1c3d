import { type RefObject, useEffect, useRef } from "react";
import type { Todo } from "@/lib/api/types";
import type { Row } from "@/lib/todos/rows";
import { PRIORITIES } from "@/lib/todos/views";
import { useShortcuts } from "@/lib/use-shortcuts";
import type { ListHandle } from "./TodoList";
import type { ListState } from "./use-list-state";

/** The keys that work on the row with the focus, or on the one that had it last. */
export function useListKeys(rows: Row[], state: ListState, list: RefObject<ListHandle | null>): void {
  const todos = rows.flatMap((row) => (row.kind === "todo" ? [row.todo] : []));
  const current = useCurrentRow();

  function move(step: number): void {
    const index = todos.findIndex((todo) => todo.id === current());
    const next =
      todos[index < 0 ? (step > 0 ? 0 : todos.length - 1) : Math.min(todos.length - 1, Math.max(0, index + step))];
    if (next) list.current?.focusRow(next.id);
  }

  const down = () => move(1);
  const up = () => move(-1);
  const on = (act: (todo: Todo) => void) => () => {
    const todo = todos.find((candidate) => candidate.id === current());
    if (todo) act(todo);
  };
  const open = (act: (todo: Todo) => void) => on((todo) => todo.deleted_at === null && act(todo));
  const remove = on(state.actions.remove);
  const priorities = PRIORITIES.map((priority, index) => [
    String((index + 1) % PRIORITIES.length),
    open((todo) => state.actions.save(todo, { priority })),
  ]);

  useShortcuts({
    j: down,
    ArrowDown: down,
    k: up,
    ArrowUp: up,
    x: open(state.actions.toggle),
    e: open((todo) => state.actions.edit(todo.id)),
    Enter: open((todo) => state.actions.edit(todo.id)),
    s: on((todo) => state.actions.select(todo.id, false)),
    "#": remove,
    Delete: remove,
    Escape: state.clearSelection,
    ...Object.fromEntries(priorities),
  });
}

function useCurrentRow(): () => string | undefined {
  const last = useRef<string | undefined>(undefined);
  useEffect(() => {
    function remember(event: FocusEvent): void {
      const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
      if (row) last.current = row.dataset.row;
    }
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, []);
  return () => last.current;
}
