import { lazy, Suspense, useEffect, useRef } from "react";
import { preload } from "@/lib/preload";
import type { View } from "@/lib/todos/views";
import { PanelBoundary } from "../PanelBoundary";
import { ListContent, loadEmptyState } from "./ListContent";
import { ListToolbar } from "./ListToolbar";
import { preloadEditor } from "./TodoItem";
import type { ListHandle } from "./TodoList";
import { useListKeys } from "./use-list-keys";
import { useListState } from "./use-list-state";
import { useMoving } from "./use-moving";
import { useRows } from "./use-rows";

const BulkBar = lazy(() => import("./BulkBar"));

export function Listing({ view, label }: { view: View; label: string }) {
  const rows = useRows(view);
  const list = useRef<ListHandle>(null);
  const state = useListState(rows, list);
  useListKeys(rows, state, list);
  useMoving(rows, list, view.name === "active");
  useEffect(() => {
    preloadEditor();
    preload(loadEmptyState);
  }, []);
  return (
    <>
      <ListToolbar view={view} selecting={state.selecting} onSelecting={state.setSelecting} />
      <PanelBoundary title="The list did not load">
        <ListContent view={view} label={label} rows={rows} list={list} state={state} />
      </PanelBoundary>
      <Suspense>
        {state.selection.size > 0 && (
          <BulkBar rows={rows} selection={state.selection} clear={state.clearSelection} view={view} />
        )}
      </Suspense>
    </>
  );
}
