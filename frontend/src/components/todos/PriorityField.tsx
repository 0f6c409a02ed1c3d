import type { Priority } from "@/lib/api/types";
import { PRIORITIES, PRIORITY_NAMES } from "@/lib/todos/views";
import { Labelled } from "../Labelled";
import { Select } from "../Select";

export function PriorityField({ value, onChange }: { value: Priority; onChange: (priority: Priority) => void }) {
  return (
    <Labelled label="Priority">
      <Select
        value={value}
        options={PRIORITIES.map((priority) => [priority, PRIORITY_NAMES[priority]])}
        onChange={(event) => onChange(event.target.value as Priority)}
      />
    </Labelled>
  );
}
