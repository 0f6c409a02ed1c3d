import { useTagCounts } from "@/lib/todos/counts";
import { viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { Count } from "./Count";
import { useCurrentView } from "./use-current-view";
import { ViewLink } from "./ViewLink";

const SHOWN_TAGS = 12;

export function TagLinks() {
  const tags = useTagCounts();
  const view = useCurrentView();
  if (tags.length === 0) return null;
  return (
    <section className="mt-6" aria-labelledby="sidebar-tags">
      <h2 id="sidebar-tags" className="eyebrow mb-1.5 px-2.5">
        Tags
      </h2>
      <ul className="flex flex-col gap-0.5">
        {tags.slice(0, SHOWN_TAGS).map(({ tag, count }) => (
          <li key={tag}>
            <ViewLink query={viewQuery({ tags: [tag] })} current={view?.tags.includes(tag) ?? false}>
              <Icon name="tag" />
              <span className="min-w-0 flex-1 truncate">{tag}</span>
              <Count value={count} />
            </ViewLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
