import type { Priority } from "@/lib/api/types";
import { setSearch } from "@/lib/location";
import { PRIORITIES, PRIORITY_NAMES, type View, viewQuery } from "@/lib/todos/views";
import { Select } from "../Select";

const ANY = "";
const OPTIONS: [string, string][] = [
  [ANY, "Any priority"],
  ...PRIORITIES.map((name): [string, string] => [name, PRIORITY_NAMES[name]]),
];

export function PriorityFilter({ view }: { view: View }) {
  return (
    <Select
      aria-label="Priority"
      className={`chip menu ${view.priority ? "border-transparent bg-accent-soft text-ink" : ""}`}
      value={view.priority ?? ANY}
      options={OPTIONS}
      onChange={(event) => setSearch(viewQuery({ ...view, priority: (event.target.value || null) as Priority | null }))}
    />
  );
}
