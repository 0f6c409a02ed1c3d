import type { Row } from "@/lib/todos/rows";

export function RowHeading({ row }: { row: Extract<Row, { kind: "heading" }> }) {
  return (
    <h2 className={`flex items-baseline gap-2 pt-6 pb-2 ${row.tone === "late" ? "text-danger" : ""}`}>
      {row.label}
      {row.note && <span className="font-normal text-faint text-sm">{row.note}</span>}
    </h2>
  );
}
