"use client";

import { useEffect, useState } from "react";
import type { Priority } from "@/lib/api/types";
import { setSearch } from "@/lib/location";
import { preferences, setPreference } from "@/lib/preferences";
import { useStore } from "@/lib/store";
import { PRIORITIES, PRIORITY_NAMES, SORTS, type View, viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { LiveIndicator } from "../shell/LiveIndicator";

export const SEARCH_ID = "search-todos";

const SORTABLE = new Set(["active", "trash"]);

export function ListToolbar({ view }: { view: View }) {
  return (
    <div className="mt-4 flex flex-wrap items-center gap-2">
      <SearchBox view={view} />
      <PriorityFilter view={view} />
      {SORTABLE.has(view.name) && <SortMenu />}
      {view.tags.map((tag) => (
        <TagChip key={tag} tag={tag} view={view} />
      ))}
      <LiveIndicator className="ms-auto md:hidden" />
    </div>
  );
}

function SearchBox({ view }: { view: View }) {
  const [text, setText] = useState(view.q);
  useEffect(() => setText(view.q), [view.q]);
  function search(q: string): void {
    setText(q);
    setSearch(viewQuery({ ...view, q }), "replace");
  }
  return (
    <div className="relative min-w-40 flex-1 basis-40">
      <Icon name="search" className="pointer-events-none absolute start-3 top-2.5 size-4 text-faint" />
      <input
        id={SEARCH_ID}
        type="search"
        value={text}
        onChange={(event) => search(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && (text ? search("") : event.currentTarget.blur())}
        aria-label="Search"
        placeholder="Search"
        autoComplete="off"
        className="field min-h-9 border-transparent bg-hover/70 py-1 ps-9 text-sm hover:border-line"
      />
    </div>
  );
}

const MENU = "chip min-h-9 cursor-pointer appearance-none rounded-lg pe-3 ps-3";

function PriorityFilter({ view }: { view: View }) {
  return (
    <select
      aria-label="Priority"
      className={`${MENU} ${view.priority ? "border-transparent bg-accent-soft text-ink" : ""}`}
      value={view.priority ?? ""}
      onChange={(event) => setSearch(viewQuery({ ...view, priority: (event.target.value || null) as Priority | null }))}
    >
      <option value="">Any priority</option>
      {PRIORITIES.map((priority) => (
        <option key={priority} value={priority}>
          {PRIORITY_NAMES[priority]}
        </option>
      ))}
    </select>
  );
}

function SortMenu() {
  const { sort } = useStore(preferences);
  return (
    <select
      aria-label="Sort"
      className={MENU}
      value={sort}
      onChange={(event) => setPreference("sort", event.target.value)}
    >
      {Object.entries(SORTS).map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  );
}

function TagChip({ tag, view }: { tag: string; view: View }) {
  const others = view.tags.filter((other) => other !== tag);
  return (
    <button
      type="button"
      className="chip border-transparent bg-accent-soft text-ink"
      aria-label={`Remove tag filter ${tag}`}
      onClick={() => setSearch(viewQuery({ ...view, tags: others }))}
    >
      <span className="max-w-40 truncate">{tag}</span>
      <Icon name="close" className="size-3.5" />
    </button>
  );
}
