import type { Todo, TodoFields } from "@/lib/api/types";
import { relativeDay } from "@/lib/time";
import { type Clock, isOverdue, PRIORITY_NAMES } from "@/lib/todos/views";
import { Icon } from "../Icon";

export const PRIORITY_TEXT = {
  urgent: "text-urgent",
  high: "text-high",
  medium: "text-medium",
  low: "text-low",
  none: "text-faint",
} as const;

/** Due day, priority and tags, as they stand beside a title. */
export function TodoMeta({ todo, clock }: { todo: Todo | TodoFields; clock: Clock }) {
  return (
    <>
      {todo.due_date && <Due todo={todo} day={todo.due_date} clock={clock} />}
      {todo.priority !== "none" && (
        <span className="inline-flex items-center gap-1">
          <Icon name="flag" className={`size-3.5 ${PRIORITY_TEXT[todo.priority]}`} />
          {PRIORITY_NAMES[todo.priority]}
        </span>
      )}
      {todo.tags.map((tag) => (
        <span key={tag} className="max-w-40 truncate rounded-full bg-hover px-2 py-px text-soft">
          {tag}
        </span>
      ))}
    </>
  );
}

function Due({ todo, day, clock }: { todo: Todo | TodoFields; day: string; clock: Clock }) {
  const overdue = "id" in todo && isOverdue(todo, clock);
  const tone = overdue ? "font-medium text-danger" : day === clock.today ? "text-accent" : "";
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap ${tone}`}>
      <Icon name="calendar" className="size-3.5" />
      {overdue && <span className="sr-only">Overdue: </span>}
      {relativeDay(day, clock.today)}
      {todo.due_time && ` ${todo.due_time.slice(0, 5)}`}
    </span>
  );
}
