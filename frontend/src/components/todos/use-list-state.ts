import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Todo } from "@/lib/api/types";
import { confirmPurge } from "@/lib/todos/confirm-purge";
import type { Row } from "@/lib/todos/rows";
import { updateOf } from "@/lib/todos/writes";
import { useTodos } from "./context";
import type { ItemActions } from "./TodoItem";
import type { ListHandle } from "./TodoList";

export interface ListState {
  editing: string | null;
  selection: ReadonlySet<string>;
  /** The boxes to select with are shown, because something is selected or because somebody asked for them. */
  selecting: boolean;
  setSelecting: (selecting: boolean) => void;
  clearSelection: () => void;
  actions: ItemActions;
}

const NONE: ReadonlySet<string> = new Set();

/** What is open and what is selected in the list, and what its rows can do. */
export function useListState(rows: Row[], list: RefObject<ListHandle | null>): ListState {
  const { run } = useTodos();
  const [editing, setEditing] = useState<string | null>(null);
  const [selection, setSelection] = useState(NONE);
  const anchor = useRef<string | null>(null);
  const latest = useRef({ rows, run, editing });
  useEffect(() => {
    latest.current = { rows, run, editing };
  });
  useFocusKept(rows, list);

  const [asked, setSelecting] = useState(false);
  const clearSelection = useCallback(() => {
    setSelection(NONE);
    setSelecting(false);
  }, []);
  const edit = useCallback(
    (id: string | null) => {
      const closed = latest.current.editing;
      setEditing(id);
      if (id === null && closed) requestAnimationFrame(() => list.current?.focusRow(closed));
    },
    [list],
  );
  const select = useCallback((id: string, range: boolean) => {
    const from = range ? anchor.current : null;
    setSelection((known) =>
      from ? new Set([...known, ...between(latest.current.rows, from, id)]) : toggled(known, id),
    );
    anchor.current = id;
  }, []);

  const actions = useMemo<ItemActions>(
    () => ({
      edit,
      select,
      toggle: (todo) => void latest.current.run([{ op: todo.completed ? "reopen" : "complete", id: todo.id }]),
      restore: (todo) => void latest.current.run([{ op: "restore", id: todo.id }]),
      remove: (todo) => void remove(todo, latest.current.run),
      save(todo, fields) {
        const update = updateOf(todo, fields);
        if (update) void latest.current.run([update]);
      },
    }),
    [edit, select],
  );
  const shown = useStillShown(selection, rows);
  return {
    editing,
    selection: shown,
    selecting: asked || shown.size > 0,
    setSelecting: (wanted) => (wanted ? setSelecting(true) : clearSelection()),
    clearSelection,
    actions,
  };
}

async function remove(todo: Todo, run: ReturnType<typeof useTodos>["run"]): Promise<void> {
  if (!todo.deleted_at) await run([{ op: "delete", id: todo.id }]);
  else if (await confirmPurge(1)) await run([{ op: "purge", id: todo.id }]);
}

function toggled(known: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(known);
  if (!next.delete(id)) next.add(id);
  return next;
}

function between(rows: Row[], one: string, other: string): string[] {
  const ends = [one, other].map((id) => rows.findIndex((row) => row.key === id)).sort((a, b) => a - b);
  const [start = 0, end = 0] = ends;
  return rows.slice(Math.max(0, start), end + 1).flatMap((row) => (row.kind === "todo" ? [row.key] : []));
}

/** What has left the list is not selected any more. */
function useStillShown(selection: ReadonlySet<string>, rows: Row[]): ReadonlySet<string> {
  return useMemo(() => {
    if (selection.size === 0) return selection;
    return new Set(rows.flatMap((row) => (selection.has(row.key) ? [row.key] : [])));
  }, [selection, rows]);
}

/** When the row that has the focus leaves the list, the one that takes its place gets it. */
function useFocusKept(rows: Row[], list: RefObject<ListHandle | null>): void {
  const last = useRef<{ id: string; index: number } | null>(null);
  useEffect(() => {
    function remember(): void {
      const id = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row;
      const index = rows.findIndex((row) => row.key === id);
      if (document.activeElement !== document.body) last.current = id && index >= 0 ? { id, index } : null;
    }
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, [rows]);
  useEffect(() => {
    if (!last.current) return;
    const { id, index: place } = last.current;
    const index = rows.findIndex((row) => row.key === id);
    if (index >= 0) last.current = { id, index };
    if (index >= 0 || document.activeElement !== document.body) return;
    const next = rows.slice(place).find(isTodo) ?? rows.slice(0, place).findLast(isTodo);
    if (next) list.current?.focusRow(next.key);
  }, [rows, list]);
}

function isTodo(row: Row): boolean {
  return row.kind === "todo";
}
