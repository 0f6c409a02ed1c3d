import { formatDay } from "@/lib/time";
import type { TodoRow } from "@/lib/todos/rows";

const SHOWN = 3;

interface DayCellProps {
  day: string;
  rows: TodoRow[];
  chosen: boolean;
  today: boolean;
  /** Of another month. */
  outside: boolean;
  /** Of all days one is reached by Tab, the others from there by arrows. */
  tabbable: boolean;
}

/** A day: its button says how many todos are due, which a mouse can also drag and open here. */
export function DayCell({ day, rows, chosen, today, outside, tabbable }: DayCellProps) {
  const count = rows.length === 1 ? "1 todo" : `${rows.length} todos`;
  return (
    <td data-day={day} data-outside={outside || undefined} data-chosen={chosen || undefined}>
      <button
        type="button"
        className="day-number"
        tabIndex={tabbable ? 0 : -1}
        aria-pressed={chosen}
        aria-current={today ? "date" : undefined}
        aria-label={`${formatDay(day, "full")}, ${count}`}
      >
        {Number(day.slice(8))}
      </button>
      <div aria-hidden="true" className="day-entries">
        {rows.slice(0, SHOWN).map(({ todo }) => (
          <div key={todo.id} data-row={todo.id} data-priority={todo.priority} className="day-entry">
            <bdi data-name>{todo.title}</bdi>
          </div>
        ))}
        {rows.length > SHOWN && <div className="day-more">{rows.length - SHOWN} more</div>}
      </div>
      {rows.length > 0 && (
        <span aria-hidden="true" className="day-count">
          {rows.length}
        </span>
      )}
    </td>
  );
}
