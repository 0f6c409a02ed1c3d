import { lazy, Suspense, useEffect, useRef } from "react";
import { useApp } from "@/lib/app";
import { preload } from "@/lib/preload";
import { useStore } from "@/lib/store";
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
const MoveDialog = lazy(() => import("./MoveDialog"));

export function Listing({ view, label }: { view: View; label: string }) {
  const rows = useRows(view);
  const list = useRef<ListHandle>(null);
  const state = useListState(rows, list);
  useListKeys(rows, state, list);
  const { layout } = useStore(useApp().preferences);
  const shown = view.name === "active" ? layout : "list";
  useMoving(rows, list, view.name === "active" && shown === "list");
  useEffect(() => {
    preloadEditor();
    preload(loadEmptyState);
  }, []);
  return (
    <>
      <ListToolbar view={view} selecting={state.selecting} onSelecting={state.setSelecting} />
      <PanelBoundary title="The list did not load">
        <ListContent view={view} layout={shown} label={label} rows={rows} list={list} state={state} />
      </PanelBoundary>
      <Suspense>
        {state.selection.size > 0 && (
          <BulkBar rows={rows} selection={state.selection} clear={state.clearSelection} view={view} />
        )}
        {state.moving && <MoveDialog id={state.moving} onClose={() => state.actions.move(null)} />}
      </Suspense>
    </>
  );
}
