import { addressOf } from "@/lib/todos/filters";
import { useFilters } from "@/lib/todos/use-filters";
import { FilterLink } from "./FilterLink";

/** The saved filters among the views on narrow screens. */
export default function FilterTabs() {
  return useFilters().map((filter) => (
    <li key={filter.id} className="shrink-0">
      <FilterLink name={filter.name} address={addressOf(filter)} className="chip ps-2" />
    </li>
  ));
}
