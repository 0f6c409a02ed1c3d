import type { DailyStats } from "@/lib/api/types";
import { formatDay } from "@/lib/time";

/** Figures as a table, for readers to whom a picture says nothing. */
export interface Table {
  columns: string[];
  rows: (string | number)[][];
}

/** How much of something is done. */
export interface Share {
  name: string;
  total: number;
  completed: number;
  /** A text colour class, for what has a colour of its own. */
  tone?: string;
}

export function dailyTable(days: DailyStats[]): Table {
  return {
    columns: ["Day", "Completed", "Created", "Open at the end"],
    rows: days.map((day) => [formatDay(day.date, "year"), day.completed, day.created, day.active_at_end]),
  };
}

export function sharesTable(shares: Share[]): Table {
  return {
    columns: ["Name", "Completed", "All"],
    rows: shares.map(({ name, completed, total }) => [name, completed, total]),
  };
}
