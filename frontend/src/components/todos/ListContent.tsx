import { useQuery } from "@tanstack/react-query";
import { lazy, type RefObject, Suspense } from "react";
import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { useOverdue, useSaving, useToday, useTodoActions, useTodos } from "@/lib/todos/context";
import { trashQuery } from "@/lib/todos/queries";
import type { Row, TodoRow } from "@/lib/todos/rows";
import type { Layout, View } from "@/lib/todos/views";
import { ErrorState } from "../ErrorState";
import { ListSkeleton } from "./ListSkeleton";
import { TodoItem } from "./TodoItem";
import { type ListHandle, TodoList } from "./TodoList";
import type { ListState } from "./use-list-state";

export const loadEmptyState = () => import("./EmptyState");
const EmptyState = lazy(loadEmptyState);
const OtherLayout = lazy(() => import("../layouts/OtherLayout"));

interface ListContentProps {
  view: View;
  layout: Layout;
  label: string;
  rows: Row[];
  list: RefObject<ListHandle | null>;
  state: ListState;
}

export function ListContent({ view, layout, label, rows, list, state }: ListContentProps) {
  const { todos, loading, error } = useTodos();
  const { reload } = useTodoActions();
  const saving = useSaving();
  const overdue = useOverdue();
  const today = useToday();
  const { sort } = useStore(useApp().preferences);
  const inTrash = view.name === "trash";
  const trash = useQuery({ ...trashQuery(useApp().api), enabled: inTrash && !loading && !error });
  if (error) return <ErrorState error={error} retry={reload} title="Your todos did not load" />;
  if (inTrash && trash.error) return <ErrorState error={trash.error} retry={() => void trash.refetch()} />;
  if (loading || (inTrash && trash.isPending)) return <ListSkeleton />;
  if (rows.length === 0)
    return (
      <Suspense>
        <EmptyState view={view} anyTodos={todos.size > 0} />
      </Suspense>
    );
  const renderTodo = ({ todo, depth, progress, parent }: TodoRow, inPlace = true) => (
    <TodoItem
      todo={todo}
      depth={depth}
      card={layout === "projects" || layout === "priorities"}
      subtasks={progress && `${progress.done}/${progress.total}`}
      parent={parent}
      today={today}
      overdue={overdue.has(todo.id)}
      editing={inPlace && state.editing === todo.id}
      selected={state.selection.has(todo.id)}
      selecting={state.selecting}
      saving={saving.has(todo.id)}
      actions={state.actions}
    />
  );
  if (layout !== "list")
    return (
      <div data-layout={layout}>
        <Suspense fallback={<ListSkeleton />}>
          <OtherLayout view={view} layout={layout} rows={rows} list={list} state={state} renderTodo={renderTodo} />
        </Suspense>
      </div>
    );
  return (
    <TodoList
      ref={list}
      rows={rows}
      total={todos.size}
      movable={view.name === "active" && sort === "position"}
      label={label}
      renderTodo={renderTodo}
    />
  );
}
