import { useEffect, useState } from "react";
import { setSearch } from "@/lib/location";
import { type View, viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { SEARCH_ID } from "./ids";

export function SearchBox({ view }: { view: View }) {
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
