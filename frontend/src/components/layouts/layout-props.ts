import type { ReactNode, RefObject } from "react";
import type { TodoRow } from "@/lib/todos/rows";
import type { ListHandle } from "../todos/TodoList";

/** Draws a todo; `inPlace` as its editor while it is edited. */
export type RenderTodo = (row: TodoRow, inPlace?: boolean) => ReactNode;

export interface LayoutProps {
  cards: TodoRow[];
  list: RefObject<ListHandle | null>;
  renderTodo: RenderTodo;
}
