import { observeWindowOffset, useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type ReactNode,
  type Ref,
  startTransition,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Row } from "@/lib/todos/rows";

interface WindowedRowsProps {
  rows: Row[];
  label: string;
  renderRow: (row: Row) => ReactNode;
  ref: Ref<{ scrollTo: (index: number) => void }>;
}

/** Long lists: only the rows in and around sight are in the document. */
export default function WindowedRows({ rows, label, renderRow, ref }: WindowedRowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  // What stands above the list can change its height at any render.
  useLayoutEffect(() => {
    if (list.current) setScrollMargin(Math.round(list.current.getBoundingClientRect().top + window.scrollY));
  });
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.kind === "heading" ? 56 : 49),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    // A frame that scrolls does not wait for its rows, whose drawing is cut into slices.
    useFlushSync: false,
    observeElementOffset: (list, tell) =>
      observeWindowOffset(list, (offset, scrolling) => startTransition(() => tell(offset, scrolling))),
    scrollMargin,
  });
  useImperativeHandle(ref, () => ({ scrollTo: (index) => virtualizer.scrollToIndex(index, { align: "auto" }) }));
  return (
    <ul ref={list} aria-label={label} className="relative mt-2" style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ index, start, key }) => {
        const row = rows[index];
        return row ? (
          <li
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            data-row={row.key}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            className={`absolute inset-x-0 [contain:layout_style] ${row.kind === "todo" ? "border-line border-b" : ""}`}
            style={{ top: start - scrollMargin }}
          >
            {renderRow(row)}
          </li>
        ) : null;
      })}
    </ul>
  );
}
