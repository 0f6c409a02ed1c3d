import { relativeDay } from "@/lib/time";
import { Icon } from "../Icon";

interface DueDayProps {
  day: string;
  time: string | null;
  today: string;
  overdue: boolean;
}

export function DueDay({ day, time, today, overdue }: DueDayProps) {
  const tone = overdue ? "font-medium text-danger" : day === today ? "text-accent" : "";
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap ${tone}`}>
      <Icon name="calendar" className="size-3.5" />
      {overdue && <span className="sr-only">Overdue: </span>}
      {relativeDay(day, today)}
      {time && ` ${time.slice(0, 5)}`}
    </span>
  );
}
