import { type KeyboardEvent, type PointerEvent, useMemo } from "react";
import type { Todo } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { cardDrop } from "@/lib/todos/board-drop";
import { dragCard } from "@/lib/todos/card-drag";
import { useProjects, useTodoActions, useTodos } from "@/lib/todos/context";
import { type Column, columnsOf, toColumn, toPlace } from "@/lib/todos/layouts";
import type { TodoRow } from "@/lib/todos/rows";
import type { Layout } from "@/lib/todos/views";
import type { Action } from "@/lib/todos/writes";
import { BoardColumn } from "./BoardColumn";
import type { LayoutProps } from "./layout-props";
import { useLayoutHandle } from "./use-layout-handle";

const STEPS: Record<string, [across: number, along: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Cards in columns: arrows go from one to another, Alt and arrows move one, as dragging does. */
export function Board({ layout, cards, list, renderTodo }: LayoutProps & { layout: Layout }) {
  const { preferences, notices } = useApp();
  const ordered = useStore(preferences).sort === "position";
  const { todos } = useTodos();
  const { run } = useTodoActions();
  const projects = useProjects();
  const columns = useMemo(() => columnsOf(layout, cards, projects), [layout, cards, projects]);
  const { frame, wanted } = useLayoutHandle(list);

  function act(id: string, make: (todo: Todo) => Action | null): void {
    const todo = todos.get(id);
    const action = todo && make(todo);
    if (!action) return;
    void run([action]);
    requestAnimationFrame(() => list.current?.focusRow(id));
  }

  function move(id: string, column: Column, [across, along]: [number, number]): void {
    if (across) {
      const target = columns[columns.indexOf(column) + across];
      if (target) act(id, (todo) => toColumn(todos, todo, target));
      else notices.notify("There is no column that way.");
    } else if (ordered) {
      const gap = column.rows.findIndex(({ key }) => key === id) + along;
      if (gap >= 0 && gap < column.rows.length) act(id, (todo) => toPlace(todos, todo, column, gap));
    } else {
      const choose = { label: "My order", run: () => preferences.change("sort", "position") };
      notices.notify("Cards are moved up and down in your own order.", { actions: [choose] });
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    const id = (event.target as Element).closest<HTMLElement>("[data-row]")?.dataset.row;
    const column = columns.find(({ rows }) => rows.some(({ key }) => key === id));
    if (!step || !id || !column || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.altKey) return move(id, column, step);
    const next = neighbour(columns, column, id, step);
    if (next) list.current?.focusRow(next.key);
  }

  function onPointerDown(event: PointerEvent): void {
    dragCard(event.nativeEvent, (id) =>
      cardDrop(columns, id, ordered, (column, gap) =>
        act(id, (todo) => (gap === null ? toColumn(todos, todo, column) : toPlace(todos, todo, column, gap))),
      ),
    );
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the cards in it take the focus; here are the keys of all
    <div ref={frame} data-movable className="board" onKeyDown={onKeyDown} onPointerDown={onPointerDown}>
      {columns.map((column) => (
        <BoardColumn key={column.key} column={column} wanted={wanted} renderTodo={renderTodo} />
      ))}
    </div>
  );
}

/** The card above or below, or that at the same height in the nearest column that has any. */
function neighbour(
  columns: readonly Column[],
  column: Column,
  id: string,
  [across, along]: [number, number],
): TodoRow | undefined {
  const index = column.rows.findIndex(({ key }) => key === id);
  if (!across) return column.rows[index + along];
  for (let at = columns.indexOf(column) + across; columns[at]; at += across) {
    const rows = columns[at]?.rows ?? [];
    if (rows.length > 0) return rows[Math.min(index, rows.length - 1)];
  }
  return undefined;
}
