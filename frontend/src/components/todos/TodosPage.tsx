"use client";

import { useQuery } from "@tanstack/react-query";
import { lazy, type RefObject, Suspense, useDeferredValue, useEffect, useMemo, useRef } from "react";
import type { TodoFields } from "@/lib/api/types";
import { useSearch } from "@/lib/location";
import { preferences } from "@/lib/preferences";
import { useStore } from "@/lib/store";
import { addDays, formatDay } from "@/lib/time";
import { lingering } from "@/lib/todos/commands";
import { trashQuery } from "@/lib/todos/queries";
import { type Row, rowsOf } from "@/lib/todos/rows";
import { parseView, VIEWS, type View } from "@/lib/todos/views";
import { ErrorState } from "../ErrorState";
import { PanelBoundary } from "../PanelBoundary";
import { LiveIndicator } from "../shell/LiveIndicator";
import { StatsRail } from "../stats/StatsRail";
import { useTodos } from "./context";
import { EmptyState } from "./EmptyState";
import { ListSkeleton } from "./ListSkeleton";
import { ListToolbar } from "./ListToolbar";
import { TodoForm } from "./TodoForm";
import { preloadEditor, TodoItem } from "./TodoItem";
import { type ListHandle, TodoList } from "./TodoList";
import { useListKeys } from "./use-list-keys";
import { type ListState, useListState } from "./use-list-state";
import { ViewTabs } from "./ViewTabs";

const BulkBar = lazy(() => import("./BulkBar"));
const NOBODY: ReadonlySet<string> = new Set();

export function TodosPage() {
  const search = useSearch();
  const view = useMemo(() => parseView(search), [search]);
  const title =
    view.tags.length > 0 && view.name === "active" ? view.tags.map((tag) => `#${tag}`).join(" ") : VIEWS[view.name];
  useEffect(() => {
    document.title = `${title} · Todobus`;
  }, [title]);
  return (
    <div className="mx-auto flex w-full max-w-6xl">
      <div className="page min-w-0">
        <Header title={title} view={view} />
        <ViewTabs view={view} />
        {view.name !== "completed" && view.name !== "trash" && <AddHere view={view} />}
        <Listing view={view} label={title} key={view.name} />
      </div>
      <StatsRail />
    </div>
  );
}

function Header({ title, view }: { title: string; view: View }) {
  const { clock } = useTodos();
  return (
    <header className="flex items-baseline gap-x-3">
      <h1 className="min-w-0 truncate">{title}</h1>
      {view.name === "today" && <p className="text-faint">{formatDay(clock.today, "full")}</p>}
      <LiveIndicator className="ms-auto shrink-0 md:hidden" />
    </header>
  );
}

function AddHere({ view }: { view: View }) {
  const { clock } = useTodos();
  const defaults = useMemo<Partial<TodoFields>>(
    () => ({
      tags: view.tags,
      ...(view.priority ? { priority: view.priority } : {}),
      ...(view.name === "today" ? { due_date: clock.today } : {}),
      ...(view.name === "upcoming" ? { due_date: addDays(clock.today, 1) } : {}),
    }),
    [view, clock.today],
  );
  return <TodoForm defaults={defaults} />;
}

function Listing({ view, label }: { view: View; label: string }) {
  const rows = useRows(view);
  const list = useRef<ListHandle>(null);
  const state = useListState(rows, list);
  useListKeys(rows, state, list);
  useEffect(preloadEditor, []);
  return (
    <>
      <ListToolbar view={view} selecting={state.selecting} onSelecting={state.setSelecting} />
      <PanelBoundary title="The list did not load">
        <Content view={view} label={label} rows={rows} list={list} state={state} />
      </PanelBoundary>
      <Suspense>
        {state.selection.size > 0 && (
          <BulkBar rows={rows} selection={state.selection} clear={state.clearSelection} view={view} />
        )}
      </Suspense>
    </>
  );
}

interface ContentProps {
  view: View;
  label: string;
  rows: Row[];
  list: RefObject<ListHandle | null>;
  state: ListState;
}

function Content({ view, label, rows, list, state }: ContentProps) {
  const { todos, loading, error, reload, saving, clock } = useTodos();
  const inTrash = view.name === "trash";
  const trash = useQuery({ ...trashQuery, enabled: inTrash && !loading && !error });
  if (error) return <ErrorState error={error} retry={reload} title="Your todos did not load" />;
  if (inTrash && trash.error) return <ErrorState error={trash.error} retry={() => void trash.refetch()} />;
  if (loading || (inTrash && trash.isPending)) return <ListSkeleton />;
  if (rows.length === 0) return <EmptyState view={view} anyTodos={todos.size > 0} />;
  return (
    <TodoList
      ref={list}
      rows={rows}
      total={todos.size}
      label={label}
      renderTodo={({ todo }) => (
        <TodoItem
          todo={todo}
          clock={clock}
          editing={state.editing === todo.id}
          selected={state.selection.has(todo.id)}
          selecting={state.selecting}
          saving={saving.has(todo.id)}
          actions={state.actions}
        />
      )}
    />
  );
}

/** Typing comes first: the list follows the search as fast as it can. */
function useRows(view: View): Row[] {
  const { todos, clock, user } = useTodos();
  const { sort } = useStore(preferences);
  const kept = useStore(lingering, NOBODY);
  const wanted = useDeferredValue(view);
  return useMemo(() => rowsOf(todos, wanted, sort, clock, user, kept), [todos, wanted, sort, clock, user, kept]);
}
