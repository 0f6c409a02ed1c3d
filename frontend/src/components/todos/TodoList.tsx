"use client";

import { lazy, type ReactNode, type Ref, Suspense, useImperativeHandle, useRef } from "react";
import type { Row } from "@/lib/todos/rows";
import { ListSkeleton } from "./ListSkeleton";

const WindowedRows = lazy(() => import("./WindowedRows"));

/** Of a collection up to this size all rows are simply there; of a larger one they are drawn as they come into sight. */
const ALL_AT_ONCE = 120;

export interface ListHandle {
  /** Brings the row into the document and focuses it. */
  focusRow: (id: string) => void;
}

interface TodoListProps {
  rows: Row[];
  /** How many todos there are, shown or not: while somebody searches, the list stays of one kind. */
  total: number;
  label: string;
  renderTodo: (row: Extract<Row, { kind: "todo" }>) => ReactNode;
  ref?: Ref<ListHandle>;
}

export function TodoList({ rows, total, label, renderTodo, ref }: TodoListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const windowed = useRef<{ scrollTo: (index: number) => void }>(null);
  useImperativeHandle(ref, () => ({
    focusRow(id) {
      const index = rows.findIndex((row) => row.key === id);
      if (index >= 0) windowed.current?.scrollTo(index);
      focusWhenThere(frame.current, id);
    },
  }));
  const renderRow = (row: Row) => (row.kind === "heading" ? <Heading row={row} /> : renderTodo(row));
  return (
    <div ref={frame} className="flow-root">
      {total > ALL_AT_ONCE ? (
        <Suspense fallback={<ListSkeleton />}>
          <WindowedRows ref={windowed} rows={rows} label={label} renderRow={renderRow} />
        </Suspense>
      ) : (
        <ul aria-label={label} className="mt-2">
          {rows.map((row) => (
            <li
              key={row.key}
              data-row={row.key}
              className={row.kind === "todo" ? "scroll-my-24 border-line border-b" : ""}
            >
              {renderRow(row)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A row far away is drawn a frame or two after scrolling there. */
function focusWhenThere(list: HTMLElement | null, id: string, tries = 10): void {
  const row = list?.querySelector<HTMLElement>(`[data-row="${id}"] [data-row-focus]`);
  if (row) {
    row.focus({ preventScroll: true });
    row.closest("li")?.scrollIntoView({ block: "nearest" });
  } else if (tries > 0) requestAnimationFrame(() => focusWhenThere(list, id, tries - 1));
}

function Heading({ row }: { row: Extract<Row, { kind: "heading" }> }) {
  return (
    <h2 className={`flex items-baseline gap-2 pt-6 pb-2 ${row.tone === "late" ? "text-danger" : ""}`}>
      {row.label}
      {row.note && <span className="font-normal text-faint text-sm">{row.note}</span>}
    </h2>
  );
}
