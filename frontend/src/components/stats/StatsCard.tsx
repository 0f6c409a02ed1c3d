import { type ReactNode, useId, useState } from "react";
import { TableView } from "./TableView";
import type { Table } from "./tables";

interface StatsCardProps {
  title: string;
  note?: string;
  table?: Table;
  children: ReactNode;
  className?: string;
}

export function StatsCard({ title, note, table, children, className = "" }: StatsCardProps) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <section aria-labelledby={id} className={`card min-w-0 p-5 ${className}`}>
      <header className="mb-4 flex min-h-7 items-center justify-between gap-3">
        <h2 id={id}>
          {title}
          {note && <span className="ms-2 font-normal text-faint text-sm">{note}</span>}
        </h2>
        {table && (
          <button
            type="button"
            className="btn btn-quiet -me-2 min-h-7 px-2 text-faint text-xs aria-pressed:bg-accent-soft aria-pressed:text-ink"
            aria-pressed={asTable}
            aria-label={`${title} as a table`}
            onClick={() => setAsTable(!asTable)}
          >
            Table
          </button>
        )}
      </header>
      {asTable && table ? <TableView title={title} table={table} /> : children}
    </section>
  );
}
