import type { Todo, TodoFields } from "@/lib/api/types";
import { PRIORITY_NAMES } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { DueDay } from "./DueDay";

interface TodoMetaProps {
  todo: Todo | TodoFields;
  today: string;
  overdue?: boolean;
}

/** Due day, priority and tags, as shown beside a title. */
export function TodoMeta({ todo, today, overdue = false }: TodoMetaProps) {
  return (
    <>
      {todo.due_date && <DueDay day={todo.due_date} time={todo.due_time} today={today} overdue={overdue} />}
      {todo.recurrence && (
        <span>
          <Icon name="repeat" className="size-3.5" />
          <span className="sr-only">Repeats</span>
        </span>
      )}
      {todo.reminders.length > 0 && (
        <span>
          <Icon name="bell" className="size-3.5" />
          <span className="sr-only">Reminds</span>
        </span>
      )}
      {todo.priority !== "none" && (
        <span data-priority={todo.priority} className="inline-flex items-center gap-1">
          <Icon name="flag" className="size-3.5 text-(--priority)" />
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
