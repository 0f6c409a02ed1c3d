import type { Table } from "./tables";

export function TableView({ title, table }: { title: string; table: Table }) {
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
