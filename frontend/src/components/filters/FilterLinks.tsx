import type { KeyboardEvent, PointerEvent } from "react";
import type { Filter } from "@/lib/api/generated/types.gen";
import { useTodoActions } from "@/lib/todos/context";
import { addressOf } from "@/lib/todos/filters";
import { moveFilter } from "@/lib/todos/moves";
import { follow, orderDrop } from "@/lib/todos/pointer";
import { useFilters } from "@/lib/todos/use-filters";
import { Grip } from "../Grip";
import { FilterLink } from "./FilterLink";

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** The saved filters in the sidebar: ordered by dragging, or by Alt and arrows. */
export function FilterLinks() {
  const filters = useFilters();
  const { run } = useTodoActions();
  if (filters.length === 0) return null;

  function moveTo(filter: Filter, gap: number): void {
    const action = moveFilter(filters, filter.id, gap);
    if (action) void run([action]);
  }

  function onKeyDown(event: KeyboardEvent, filter: Filter): void {
    const step = STEPS[event.key];
    if (!step || !event.altKey) return;
    event.preventDefault();
    moveTo(filter, filters.indexOf(filter) + step);
  }

  function onPointerDown(event: PointerEvent<HTMLElement>, filter: Filter): void {
    if (event.button !== 0 || !(event.target as Element).closest("[data-grip]")) return;
    event.preventDefault();
    const ids = filters.map(({ id }) => id);
    follow(
      event.nativeEvent,
      event.currentTarget,
      orderDrop("filter", ids, filter.id, (gap) => moveTo(filter, gap)),
    );
  }

  return (
    <section className="mt-6" aria-labelledby="sidebar-filters">
      <h2 id="sidebar-filters" className="eyebrow mb-1.5 px-2.5">
        Filters
      </h2>
      <ul className="flex flex-col gap-0.5">
        {filters.map((filter) => (
          <li
            key={filter.id}
            data-filter={filter.id}
            className="group relative"
            onKeyDown={(event) => onKeyDown(event, filter)}
            onPointerDown={(event) => onPointerDown(event, filter)}
          >
            <Grip />
            <FilterLink name={filter.name} address={addressOf(filter)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
