import { useState } from "react";
import { formatDay, relativeDay } from "@/lib/time";
import { useToday } from "@/lib/todos/context";
import type { TodoRow } from "@/lib/todos/rows";
import type { RenderTodo } from "./layout-props";

const AT_ONCE = 30;

interface DayAgendaProps {
  day: string;
  rows: TodoRow[];
  /** A todo that is drawn in any case. */
  wanted: string | null;
  renderTodo: RenderTodo;
}

/** The todos of one day, or those of none. */
export function DayAgenda({ day, rows, wanted, renderTodo }: DayAgendaProps) {
  const today = useToday();
  const [most, setMost] = useState(AT_ONCE);
  const count = Math.max(most, rows.findIndex(({ key }) => key === wanted) + 1);
  const title = day ? relativeDay(day, today) : "Without a day";
  return (
    <section className="mt-5" aria-label={title}>
      <h2 className="flex items-baseline gap-2">
        {title}
        {day && <span className="font-normal text-faint text-sm">{formatDay(day, "full")}</span>}
      </h2>
      {rows.length === 0 && (
        <p className="py-4 text-faint text-sm">
          {day
            ? "Nothing is due. Drag a todo onto the day, or write a day into the line above."
            : "Every todo has a day."}
        </p>
      )}
      <ul aria-label={title} className="mt-1">
        {rows.slice(0, count).map((row) => (
          <li key={row.key} data-row={row.key} className="border-line border-b">
            {renderTodo(row, false)}
          </li>
        ))}
      </ul>
      {rows.length > count && (
        <button type="button" className="btn btn-quiet mt-2" onClick={() => setMost(rows.length)}>
          Show all {rows.length}
        </button>
      )}
    </section>
  );
}
