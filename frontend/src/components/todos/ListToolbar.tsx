import { lazy, memo, Suspense } from "react";
import { isFiltered, LAYOUTS, SORTS, type View } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { PreferenceMenu } from "./PreferenceMenu";
import { PriorityFilter } from "./PriorityFilter";
import { SearchBox } from "./SearchBox";
import { TagChip } from "./TagChip";

const FilterButton = lazy(() => import("../filters/FilterButton"));
const WITHOUT_FORM = new Set(["completed", "trash"]);
const SORTABLE = new Set(["active", "trash"]);

interface ListToolbarProps {
  view: View;
  selecting: boolean;
  onSelecting: (selecting: boolean) => void;
}

export const ListToolbar = memo(function ListToolbar({ view, selecting, onSelecting }: ListToolbarProps) {
  return (
    <div className={`flex flex-wrap items-center gap-2 ${WITHOUT_FORM.has(view.name) ? "mt-5" : "mt-1"}`}>
      <SearchBox view={view} />
      <button
        type="button"
        className="chip min-h-9 rounded-lg px-2.5 sm:order-last sm:px-3"
        aria-pressed={selecting}
        onClick={() => onSelecting(!selecting)}
      >
        <Icon name="select" className="size-4" />
        <span className="sr-only sm:not-sr-only">Select</span>
      </button>
      <PriorityFilter view={view} />
      {SORTABLE.has(view.name) && <PreferenceMenu name="sort" label="Sort" options={SORTS} />}
      {view.name === "active" && <PreferenceMenu name="layout" label="Layout" options={LAYOUTS} />}
      {view.tags.map((tag) => (
        <TagChip key={tag} tag={tag} view={view} />
      ))}
      <Suspense>{isFiltered(view) && <FilterButton view={view} />}</Suspense>
    </div>
  );
});
