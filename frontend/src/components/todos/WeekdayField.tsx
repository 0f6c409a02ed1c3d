import { addDays, formatDay } from "@/lib/time";
import { WEEKDAYS } from "@/lib/todos/rules";

const A_MONDAY = "2026-01-05";

/** Days of the week, `MO,FR`; none means that of the due day. */
export function WeekdayField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const chosen = value.split(",").filter(Boolean);
  function toggle(code: string): void {
    onChange(WEEKDAYS.filter((each) => chosen.includes(each) !== (each === code)).join(","));
  }
  return (
    <fieldset aria-label="On" className="flex flex-wrap gap-1">
      {WEEKDAYS.map((code, index) => (
        <button
          key={code}
          type="button"
          className="chip px-2.5"
          title={formatDay(addDays(A_MONDAY, index), "weekday")}
          aria-pressed={chosen.includes(code)}
          onClick={() => toggle(code)}
        >
          {formatDay(addDays(A_MONDAY, index), "short")}
        </button>
      ))}
    </fieldset>
  );
}
