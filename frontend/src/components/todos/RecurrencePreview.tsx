import type { Recurrence } from "@/lib/api/types";
import { formatDay } from "@/lib/time";
import { useToday } from "@/lib/todos/context";
import { inWords, nextDays } from "@/lib/todos/recurrence";

const DAYS = 5;

/** What a rule will do: in words, and its next days. */
export function RecurrencePreview({ recurrence, due }: { recurrence: Recurrence; due: string }) {
  const today = useToday();
  const words = inWords(recurrence, due, today);
  return (
    <div className="mt-2 text-sm">
      <p aria-live="polite" className="text-soft">
        {words.charAt(0).toUpperCase() + words.slice(1)}
      </p>
      <ol aria-label="Next days" className="mt-1.5 flex flex-wrap gap-1.5">
        {nextDays(recurrence, due, today, DAYS).map((day) => (
          <li key={day} className="rounded-full bg-hover px-2 py-px text-soft text-xs">
            {`${formatDay(day, "short")} ${formatDay(day, day.slice(0, 4) === today.slice(0, 4) ? "day" : "year")}`}
          </li>
        ))}
      </ol>
    </div>
  );
}
