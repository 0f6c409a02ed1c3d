import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Todo } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import type { Questions } from "@/lib/questions";
import { useStore } from "@/lib/store";
import { type TodoActions, useTodoActions, useWork } from "@/lib/todos/context";
import type { Row } from "@/lib/todos/rows";
import { updateOf } from "@/lib/todos/writes";
import type { ItemActions } from "./item-props";
import type { ListHandle } from "./TodoList";
import { useFocusKept } from "./use-focus-kept";

export interface ListState {
  editing: string | null;
  /** The todo that a place is being chosen for. */
  moving: string | null;
  selection: ReadonlySet<string>;
  /** The boxes to select with are shown: something is selected, or the user has asked for them. */
  selecting: boolean;
  setSelecting: (selecting: boolean) => void;
  clearSelection: () => void;
  actions: ItemActions;
}

/** What is open and what is selected in the list, and what its rows can do. */
export function useListState(rows: Row[], list: RefObject<ListHandle | null>): ListState {
  const { editing, edit } = useEditing(list);
  const [moving, move] = useState<string | null>(null);
  const { select, ...selected } = useSelection(rows, list);
  const writes = useRowWrites();
  useFocusKept(rows, list);
  const actions = useMemo<ItemActions>(() => ({ edit, move, select, ...writes }), [edit, select, writes]);
  return { editing, moving, ...selected, actions };
}

/** Closing the editor (null) puts the focus back on its row. */
function useEditing(list: RefObject<ListHandle | null>) {
  const [editing, setEditing] = useState<string | null>(null);
  const open = useRef<string | null>(null);
  const edit = useCallback(
    (id: string | null) => {
      const closed = open.current;
      const from = document.activeElement;
      open.current = id;
      setEditing(id);
      if (id === null && closed) requestAnimationFrame(() => list.current?.focusRow(closed, from));
    },
    [list],
  );
  const { opened } = useWork();
  const wanted = useStore(opened);
  useEffect(() => {
    if (!wanted) return;
    edit(wanted);
    list.current?.focusRow(wanted);
    opened.set(null);
  }, [wanted, edit, list, opened]);
  return { editing, edit };
}

const NONE: ReadonlySet<string> = new Set();

function useSelection(rows: Row[], list: RefObject<ListHandle | null>) {
  const [selection, setSelection] = useState(NONE);
  const [asked, setAsked] = useState(false);
  const anchor = useRef<string | null>(null);

  const select = useCallback(
    (id: string, range: boolean) => {
      const added = range && anchor.current ? (list.current?.between(anchor.current, id) ?? []) : null;
      setSelection((known) => (added ? new Set([...known, ...added]) : toggled(known, id)));
      anchor.current = id;
    },
    [list],
  );
  const clearSelection = useCallback(() => {
    setSelection(NONE);
    setAsked(false);
  }, []);
  const setSelecting = useCallback((wanted: boolean) => (wanted ? setAsked(true) : clearSelection()), [clearSelection]);
  const shown = useStillShown(selection, rows);
  return { selection: shown, selecting: asked || shown.size > 0, setSelecting, clearSelection, select };
}

function useRowWrites(): Omit<ItemActions, "edit" | "move" | "select"> {
  const { questions } = useApp();
  const { run } = useTodoActions();
  return useMemo(
    () => ({
      toggle: (todo) => void run([{ op: todo.completed ? "reopen" : "complete", id: todo.id }]),
      restore: (todo) => void run([{ op: "restore", id: todo.id }]),
      remove: (todo) => void remove(todo, run, questions),
      save(todo, fields) {
        const update = updateOf(todo, fields);
        if (update) void run([update]);
      },
    }),
    [run, questions],
  );
}

async function remove(todo: Todo, run: TodoActions["run"], questions: Questions): Promise<void> {
  if (!todo.deleted_at) return void run([{ op: "delete", id: todo.id }]);
  const { confirmPurge } = await import("@/lib/todos/confirm-purge");
  if (await confirmPurge(questions, 1)) await run([{ op: "purge", id: todo.id }]);
}

function toggled(known: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(known);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** What is no longer in the list is not selected any more. */
function useStillShown(selection: ReadonlySet<string>, rows: Row[]): ReadonlySet<string> {
  return useMemo(() => {
    if (selection.size === 0) return selection;
    return new Set(rows.flatMap((row) => (selection.has(row.key) ? [row.key] : [])));
  }, [selection, rows]);
}
