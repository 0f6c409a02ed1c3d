"use client";

import { type ReactNode, useId, useState } from "react";

export interface Table {
  columns: string[];
  rows: (string | number)[][];
}

interface StatsCardProps {
  title: string;
  note?: string;
  /** The same figures in words and numbers, for whom a picture says nothing. */
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

function TableView({ title, table }: { title: string; table: Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section tabIndex={0} aria-label={`${title}, table`} className="max-h-72 overflow-y-auto">
      <table className="w-full text-start text-sm">
        <thead>
          <tr className="border-line border-b text-faint">
            {table.columns.map((column) => (
              <th key={column} scope="col" className="py-1.5 pe-3 text-start font-medium">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row[0]} className="border-line border-b last:border-0">
              {row.map((cell, index) => (
                <td key={table.columns[index]} className="py-1.5 pe-3 tabular-nums">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
