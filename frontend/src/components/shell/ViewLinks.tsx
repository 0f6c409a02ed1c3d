import { useViewCounts } from "@/lib/todos/counts";
import { VIEWS, type ViewName, viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { Count } from "./Count";
import { useCurrentView } from "./use-current-view";
import { ViewLink } from "./ViewLink";
import { VIEW_ICONS } from "./view-icons";

export function ViewLinks() {
  const counts = useViewCounts();
  const view = useCurrentView();
  return (
    <ul className="flex flex-col gap-0.5">
      {(Object.keys(VIEWS) as ViewName[]).map((name) => (
        <li key={name}>
          <ViewLink query={viewQuery({ name })} current={view?.name === name && view.tags.length === 0}>
            <Icon name={VIEW_ICONS[name]} />
            <span className="flex-1">{VIEWS[name]}</span>
            <Count value={counts[name]} overdue={name === "today" ? counts.overdue : 0} />
          </ViewLink>
        </li>
      ))}
    </ul>
  );
}
