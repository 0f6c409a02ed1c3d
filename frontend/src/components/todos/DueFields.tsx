import type { TodoFields } from "@/lib/api/types";
import { addDays, formatDay } from "@/lib/time";
import { useToday } from "@/lib/todos/context";

interface DueFieldsProps {
  fields: TodoFields;
  change: (changed: Partial<TodoFields>) => void;
}

export function DueFields({ fields, change }: DueFieldsProps) {
  const today = useToday();
  const picks = [
    { label: "Today", day: today },
    { label: "Tomorrow", day: addDays(today, 1) },
    { label: "In a week", day: addDays(today, 7) },
  ];
  return (
    <fieldset className="sm:col-span-2">
      <legend className="label">Due</legend>
      <div className="flex flex-wrap items-center gap-2">
        {picks.map(({ label, day }) => (
          <button
            key={label}
            type="button"
            className="chip"
            title={formatDay(day, "full")}
            aria-pressed={fields.due_date === day}
            onClick={() => change({ due_date: fields.due_date === day ? null : day })}
          >
            {label}
          </button>
        ))}
        <input
          type="date"
          aria-label="Due day"
          value={fields.due_date ?? ""}
          min={fields.start_date ?? undefined}
          onChange={(event) => change({ due_date: event.target.value || null })}
          className="field min-h-8 w-auto py-1 text-sm"
        />
        <input
          type="time"
          aria-label="Due time"
          value={fields.due_time?.slice(0, 5) ?? ""}
          disabled={!fields.due_date}
          onChange={(event) => change({ due_time: event.target.value || null })}
          className="field min-h-8 w-auto py-1 text-sm disabled:opacity-50"
        />
      </div>
    </fieldset>
  );
}
