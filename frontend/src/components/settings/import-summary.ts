import type { ImportReport } from "@/lib/api/types";

/** "12 created, 3 duplicate, 1 invalid (row 4: is blank)". */
export function summary({ created, duplicate, invalid, rows }: ImportReport): string {
  const counts = Object.entries({ created, duplicate, invalid }).filter(([, count]) => count > 0);
  const first = rows.find((row) => row.status === "invalid");
  const text = counts.map(([name, count]) => `${count} ${name}`).join(", ") || "nothing to import";
  return first ? `${text} (row ${first.row}: ${first.error})` : text;
}
