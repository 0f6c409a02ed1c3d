import { setSearch } from "@/lib/location";
import { type View, viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";

/** A tag that the view is filtered by; a click removes the filter. */
export function TagChip({ tag, view }: { tag: string; view: View }) {
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
