import { lazy, Suspense, useState } from "react";
import { savedAs, useFilters } from "@/lib/todos/use-filters";
import { type View, viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";

const FilterDialog = lazy(() => import("./FilterDialog"));

/** Saves what a list is filtered by, or shows under which name it is saved. */
export default function FilterButton({ view }: { view: View }) {
  const [open, setOpen] = useState(false);
  const filter = savedAs(useFilters(), viewQuery(view));
  return (
    <>
      <button
        type="button"
        className="chip appear min-h-9 max-w-60 rounded-lg sm:order-last"
        aria-label={filter ? `Edit filter: ${filter.name}` : "Save as a filter"}
        onClick={() => setOpen(true)}
      >
        <Icon name="filter" className="size-4" />
        <span className="truncate">{filter ? filter.name : "Save"}</span>
      </button>
      <Suspense>{open && <FilterDialog view={view} filter={filter} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
