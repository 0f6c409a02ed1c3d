import { useState } from "react";
import type { TodoFields } from "@/lib/api/types";
import { useToday } from "@/lib/todos/context";
import { ruleInWords } from "@/lib/todos/recurrence";
import { offered } from "@/lib/todos/rules";
import { Labelled } from "../Labelled";
import { Select } from "../Select";
import { RecurrencePreview } from "./RecurrencePreview";
import { RuleFields } from "./RuleFields";

const CUSTOM = "custom";

interface RecurrenceFieldProps {
  fields: TodoFields;
  change: (changed: Partial<TodoFields>) => void;
}

/** How a todo comes again: the usual rules by name, any other by its parts, and what that means in words. */
export function RecurrenceField({ fields, change }: RecurrenceFieldProps) {
  const today = useToday();
  const due = fields.due_date ?? today;
  const { rule = "", mode = "schedule" } = (fields.due_date && fields.recurrence) || {};
  const rules = offered(due);
  const [custom, setCustom] = useState(rule !== "" && (!rules.includes(rule) || mode === "completion"));
  const words = (each: string) => ruleInWords({ rule: each, mode: "schedule" }, due);
  const choose = (chosen: string, how = mode) => change({ due_date: due, recurrence: { rule: chosen, mode: how } });

  function onChange(value: string): void {
    setCustom(value === CUSTOM);
    if (value === "") change({ recurrence: null });
    else choose(value === CUSTOM ? rule || "FREQ=DAILY" : value, value === CUSTOM ? mode : "schedule");
  }

  return (
    <div className="sm:col-span-2">
      <Labelled label="Repeats">
        <Select
          value={custom ? CUSTOM : rule}
          options={[
            ["", "Does not repeat"],
            ...rules.map((each): [string, string] => [each, capital(words(each))]),
            [CUSTOM, "Other…"],
          ]}
          onChange={(event) => onChange(event.target.value)}
        />
      </Labelled>
      {rule !== "" && (
        <>
          {custom && <RuleFields rule={rule} mode={mode} onChange={choose} />}
          <RecurrencePreview recurrence={{ rule, mode }} due={due} />
        </>
      )}
    </div>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
