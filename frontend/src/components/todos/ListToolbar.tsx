"use client";

import { useEffect, useState } from "react";
import type { Priority } from "@/lib/api/types";
import { setSearch } from "@/lib/location";
import { preferences, setPreference } from "@/lib/preferences";
import { useStore } from "@/lib/store";
import { PRIORITIES, PRIORITY_NAMES, SORTS, type View, viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { Select } from "../Select";

export const SEARCH_ID = "search-todos";

const WITHOUT_FORM = new Set(["completed", "trash"]);
const SORTABLE = new Set(["active", "trash"]);

interface ListToolbarProps {
  view: View;
  selecting: boolean;
  onSelecting: (selecting: boolean) => void;
}

export function ListToolbar({ view, selecting, onSelecting }: ListToolbarProps) {
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
      {SORTABLE.has(view.name) && <SortMenu />}
      {view.tags.map((tag) => (
        <TagChip key={tag} tag={tag} view={view} />
      ))}
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
    <div className="relative min-w-40 flex-1 basis-[calc(100%-3.5rem)] sm:basis-40">
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

const MENU = "chip min-h-9 cursor-pointer rounded-lg ps-2.5 sm:ps-3";
const ANY = "";

function PriorityFilter({ view }: { view: View }) {
  return (
    <Select
      aria-label="Priority"
      className={`${MENU} ${view.priority ? "border-transparent bg-accent-soft text-ink" : ""}`}
      value={view.priority ?? ANY}
      options={[[ANY, "Any priority"], ...PRIORITIES.map((name): [string, string] => [name, PRIORITY_NAMES[name]])]}
      onChange={(event) => setSearch(viewQuery({ ...view, priority: (event.target.value || null) as Priority | null }))}
    />
  );
}

function SortMenu() {
  const { sort } = useStore(preferences);
  return (
    <Select
      aria-label="Sort"
      className={MENU}
      value={sort}
      options={Object.entries(SORTS)}
      onChange={(event) => setPreference("sort", event.target.value)}
    />
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
