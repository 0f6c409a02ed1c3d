import { lazy, type ReactNode, type Ref, Suspense, useImperativeHandle, useRef } from "react";
import type { Row } from "@/lib/todos/rows";
import { ListSkeleton } from "./ListSkeleton";
import { RowHeading } from "./RowHeading";

const WindowedRows = lazy(() => import("./WindowedRows"));

/** Up to this size all rows are in the document; of a larger collection, those in sight. */
const ALL_AT_ONCE = 120;

export interface ListHandle {
  /** Brings the row into the document and focuses it. */
  focusRow: (id: string, from?: Element | null) => void;
  /** The ids of the todos from one row to another, in either order. */
  between: (one: string, other: string) => string[];
}

interface TodoListProps {
  rows: Row[];
  /** How many todos there are, shown or not: the kind of list does not change during a search. */
  total: number;
  label: string;
  /** Shows the grips by which todos are dragged. */
  movable?: boolean;
  renderTodo: (row: Extract<Row, { kind: "todo" }>) => ReactNode;
  ref?: Ref<ListHandle>;
}

export function TodoList({ rows, total, label, movable = false, renderTodo, ref }: TodoListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const windowed = useRef<{ scrollTo: (index: number) => void }>(null);
  useImperativeHandle(ref, () => ({
    focusRow(id, from) {
      const index = rows.findIndex((row) => row.key === id);
      if (index >= 0) windowed.current?.scrollTo(index);
      focusWhenThere(frame.current, id, from);
    },
    between: (one, other) => idsBetween(rows, one, other),
  }));
  const renderRow = (row: Row) => (row.kind === "heading" ? <RowHeading row={row} /> : renderTodo(row));
  return (
    <div ref={frame} className="flow-root" data-movable={movable || undefined}>
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

function idsBetween(rows: Row[], one: string, other: string): string[] {
  const ends = [one, other].map((id) => rows.findIndex((row) => row.key === id)).sort((a, b) => a - b);
  const [start = 0, end = 0] = ends;
  return rows.slice(Math.max(0, start), end + 1).flatMap((row) => (row.kind === "todo" ? [row.key] : []));
}

/** A row out of sight is drawn a frame or two after scrolling there; whoever has gone from `from` elsewhere stays there. */
function focusWhenThere(list: HTMLElement | null, id: string, from = document.activeElement, tries = 10): void {
  if (document.activeElement !== from && document.activeElement !== document.body) return;
  const row = list?.querySelector<HTMLElement>(`[data-row="${id}"] [data-row-focus]`);
  if (row) {
    row.focus({ preventScroll: true });
    row.closest("li")?.scrollIntoView({ block: "nearest" });
  } else if (tries > 0) requestAnimationFrame(() => focusWhenThere(list, id, from, tries - 1));
}
