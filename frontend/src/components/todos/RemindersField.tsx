import type { TodoFields } from "@/lib/api/types";
import { useUser } from "@/lib/todos/context";
import { inWords, MOST_REMINDERS, type Moment, offeredMinutes } from "@/lib/todos/reminders";
import { uuid7 } from "@/lib/uuid";
import { Icon } from "../Icon";
import { DefaultReminder } from "./DefaultReminder";
import { OtherTime } from "./OtherTime";

interface RemindersFieldProps {
  fields: TodoFields;
  change: (changed: Partial<TodoFields>) => void;
}

/** When to be reminded: some moments before the todo is due at a click, and any other. */
export function RemindersField({ fields, change }: RemindersFieldProps) {
  const { time_zone } = useUser();
  const { reminders, due_date, due_time } = fields;
  const offered = due_date ? offeredMinutes(due_time !== null) : [];
  const others = reminders.filter(({ minutes_before_due: minutes }) => minutes == null || !offered.includes(minutes));
  const words = (when: Moment) => inWords(when, due_time !== null, time_zone);
  const full = reminders.length >= MOST_REMINDERS;

  function add(when: Moment): void {
    change({ reminders: [...reminders, { id: uuid7(), ...when }] });
  }
  function remove(id: string): void {
    change({ reminders: reminders.filter((other) => other.id !== id) });
  }

  return (
    <fieldset className="sm:col-span-2">
      <legend className="label">Remind me</legend>
      <div className="flex flex-wrap items-center gap-2">
        {offered.map((minutes) => {
          const chosen = reminders.find(({ minutes_before_due }) => minutes_before_due === minutes);
          return (
            <button
              key={minutes}
              type="button"
              className="chip"
              aria-pressed={chosen !== undefined}
              disabled={full && !chosen}
              onClick={() => (chosen ? remove(chosen.id) : add({ minutes_before_due: minutes }))}
            >
              {words({ minutes_before_due: minutes })}
            </button>
          );
        })}
        {others.map((reminder) => (
          <button
            key={reminder.id}
            type="button"
            className="chip border-transparent bg-accent-soft text-ink"
            aria-label={`Remove reminder: ${words(reminder)}`}
            onClick={() => remove(reminder.id)}
          >
            {words(reminder)}
            <Icon name="close" className="size-3.5" />
          </button>
        ))}
        <OtherTime full={full} onAdd={(at) => add({ at })} />
      </div>
      {due_time && reminders.length === 0 && <DefaultReminder />}
    </fieldset>
  );
}
