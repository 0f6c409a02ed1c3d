import type { TodoFields } from "@/lib/api/types";
import { Labelled } from "../Labelled";

interface StartFieldProps {
  fields: TodoFields;
  change: (changed: Partial<TodoFields>) => void;
}

/** The day before which there is nothing to do. */
export function StartField({ fields, change }: StartFieldProps) {
  return (
    <Labelled label="Start">
      <input
        type="date"
        value={fields.start_date ?? ""}
        max={fields.due_date ?? undefined}
        onChange={(event) => change({ start_date: event.target.value || null })}
        className="field"
      />
    </Labelled>
  );
}
