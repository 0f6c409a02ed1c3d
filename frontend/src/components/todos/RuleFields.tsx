import type { Recurrence } from "@/lib/api/types";
import { bounded, partsOf, withParts } from "@/lib/todos/rules";
import { Select } from "../Select";
import { RuleEnd } from "./RuleEnd";
import { WeekdayField } from "./WeekdayField";

const UNITS: [string, string][] = [
  ["DAILY", "days"],
  ["WEEKLY", "weeks"],
  ["MONTHLY", "months"],
  ["YEARLY", "years"],
];
const DAY_PARTS = { BYDAY: "", BYMONTHDAY: "", BYMONTH: "" };

interface RuleFieldsProps {
  rule: string;
  mode: Recurrence["mode"];
  onChange: (rule: string, mode: Recurrence["mode"]) => void;
}

/** A rule by its parts; those that have no field here stay as they are until the unit is changed. */
export function RuleFields({ rule, mode, onChange }: RuleFieldsProps) {
  const parts = partsOf(rule);
  const change = (changed: Record<string, string>) => onChange(withParts(rule, changed), mode);
  function setInterval(text: string): void {
    const interval = bounded(text, 999);
    change({ INTERVAL: interval === 1 ? "" : String(interval) });
  }
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2 text-sm">
      <span className="text-soft">Every</span>
      <input
        type="number"
        aria-label="Interval"
        min={1}
        max={999}
        value={parts.get("INTERVAL") ?? "1"}
        onChange={(event) => setInterval(event.target.value)}
        className="field min-h-8 w-18 py-1"
      />
      <Select
        aria-label="Unit"
        className="field min-h-8 py-1 text-sm"
        value={parts.get("FREQ")}
        options={UNITS}
        onChange={(event) => change({ ...DAY_PARTS, FREQ: event.target.value })}
      />
      {parts.get("FREQ") === "WEEKLY" && (
        <WeekdayField value={parts.get("BYDAY") ?? ""} onChange={(BYDAY) => change({ BYDAY })} />
      )}
      <RuleEnd parts={parts} change={change} />
      <label className="flex min-h-8 basis-full items-center gap-2 text-soft">
        <input
          type="checkbox"
          className="check check-square"
          checked={mode === "completion"}
          onChange={(event) => onChange(rule, event.target.checked ? "completion" : "schedule")}
        />
        Count from the day on which it is done
      </label>
    </div>
  );
}
