import { type RefObject, useMemo } from "react";
import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { useTodos } from "@/lib/todos/context";
import { flat } from "@/lib/todos/layouts";
import type { Row } from "@/lib/todos/rows";
import type { Layout, View } from "@/lib/todos/views";
import type { ListHandle } from "../todos/TodoList";
import type { ListState } from "../todos/use-list-state";
import { Board } from "./Board";
import { EditorDialog } from "./EditorDialog";
import type { RenderTodo } from "./layout-props";
import { Month } from "./Month";

interface OtherLayoutProps {
  view: View;
  layout: Layout;
  rows: Row[];
  list: RefObject<ListHandle | null>;
  state: ListState;
  renderTodo: RenderTodo;
}

/** The todos of a list as a board or a month; they are edited in a dialog. */
export default function OtherLayout({ view, layout, rows, list, state, renderTodo }: OtherLayoutProps) {
  const { todos } = useTodos();
  const { sort } = useStore(useApp().preferences);
  const cards = useMemo(() => flat(rows, todos, sort), [rows, todos, sort]);
  const edited = state.editing ? todos.get(state.editing) : undefined;
  // All of one project would be one column.
  const columns = view.project ? "priorities" : layout;
  return (
    <>
      {layout === "month" ? (
        <Month cards={cards} list={list} renderTodo={renderTodo} edit={state.actions.edit} />
      ) : (
        <Board layout={columns} cards={cards} list={list} renderTodo={renderTodo} />
      )}
      {edited && <EditorDialog todo={edited} actions={state.actions} />}
    </>
  );
}
