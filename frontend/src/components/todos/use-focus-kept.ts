import { type RefObject, useEffect, useEffectEvent, useRef } from "react";
import type { Row } from "@/lib/todos/rows";
import type { ListHandle } from "./TodoList";

/** When the row that has the focus leaves the list, the one that takes its place gets it. */
export function useFocusKept(rows: Row[], list: RefObject<ListHandle | null>): void {
  const last = useRef<{ id: string; index: number } | null>(null);
  const remember = useEffectEvent(() => {
    const id = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row;
    const index = rows.findIndex((row) => row.key === id);
    if (document.activeElement !== document.body) last.current = id && index >= 0 ? { id, index } : null;
  });
  useEffect(() => {
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, []);
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
