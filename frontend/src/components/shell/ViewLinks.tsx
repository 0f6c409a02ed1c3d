import { useProjectCounts, useViewCounts } from "@/lib/todos/counts";
import { INBOX, VIEWS, type ViewName, viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { Count } from "./Count";
import { useCurrentView } from "./use-current-view";
import { ViewLink } from "./ViewLink";
import { VIEW_ICONS } from "./view-icons";

export function ViewLinks() {
  const counts = useViewCounts();
  const inbox = useProjectCounts().get(INBOX);
  const view = useCurrentView();
  return (
    <ul className="flex flex-col gap-0.5">
      <li data-into={INBOX}>
        <ViewLink query={viewQuery({ project: INBOX })} current={view?.project === INBOX}>
          <Icon name="inbox" />
          <span className="flex-1">Inbox</span>
          <Count value={inbox} />
        </ViewLink>
      </li>
      {(Object.keys(VIEWS) as ViewName[]).map((name) => (
        <li key={name}>
          <ViewLink
            query={viewQuery({ name })}
            current={view?.name === name && view.tags.length === 0 && !view.project}
          >
            <Icon name={VIEW_ICONS[name]} />
            <span className="flex-1">{VIEWS[name]}</span>
            <Count value={counts[name]} overdue={name === "today" ? counts.overdue : 0} />
          </ViewLink>
        </li>
      ))}
    </ul>
  );
}
