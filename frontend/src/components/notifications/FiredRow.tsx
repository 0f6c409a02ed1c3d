import type { FiredReminder } from "@/lib/api/generated/types.gen";
import { relativeDay, timeAgo } from "@/lib/time";
import { useToday, useTodos } from "@/lib/todos/context";
import { Icon } from "../Icon";
import { ViewLink } from "../shell/ViewLink";

/** A reminder that has fired: it leads to its todo. */
export function FiredRow({ fired, isNew }: { fired: FiredReminder; isNew: boolean }) {
  const today = useToday();
  const todo = useTodos().todos.get(fired.todo_id);
  const done = todo?.completed ? "text-faint line-through decoration-faint/60" : "";
  return (
    <li className="border-line border-b last:border-0">
      <ViewLink query={`todo=${fired.todo_id}`} current={false} className="fired-row">
        <Icon name={todo?.completed ? "done" : "bell"} className={`size-4.5 ${isNew ? "text-accent" : "text-faint"}`} />
        <span className="min-w-0 flex-1">
          <bdi className={`block truncate ${done} ${isNew ? "font-medium" : ""}`}>{fired.title}</bdi>
          <span className="block text-faint text-sm">
            {isNew && <span className="sr-only">New, </span>}
            {timeAgo(fired.fired_at)}
            {fired.is_late && ", late"}
            {todo?.due_date && ` · due ${relativeDay(todo.due_date, today)} ${todo.due_time?.slice(0, 5) ?? ""}`}
          </span>
        </span>
      </ViewLink>
    </li>
  );
}
