import { lazy, Suspense } from "react";
import { useProjects } from "@/lib/todos/context";
import { useViewCounts } from "@/lib/todos/counts";
import { inOrder } from "@/lib/todos/projects";
import { INBOX, VIEWS, type View, type ViewName, viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { ProjectButton } from "../projects/ProjectButton";
import { ProjectLink } from "../projects/ProjectLink";
import { ViewLink } from "../shell/ViewLink";
import { VIEW_ICONS } from "../shell/view-icons";

const FilterTabs = lazy(() => import("../filters/FilterTabs"));

/** The views of the list on screens too narrow for the sidebar. */
export function ViewTabs({ view }: { view: View }) {
  const counts = useViewCounts();
  return (
    <nav
      aria-label="Views"
      className="-mx-4 mt-4 overflow-x-auto px-4 py-1 [scrollbar-width:none] sm:-mx-8 sm:px-8 md:hidden"
    >
      <ul className="flex gap-1.5">
        <li className="shrink-0">
          <ViewLink query={viewQuery({ project: INBOX })} current={view.project === INBOX} className="chip">
            <Icon name="inbox" className="size-4" />
            Inbox
          </ViewLink>
        </li>
        {(Object.keys(VIEWS) as ViewName[]).map((name) => (
          <li key={name} className="shrink-0">
            <ViewLink query={viewQuery({ name })} current={view.name === name && !view.project} className="chip">
              <Icon name={VIEW_ICONS[name]} className="size-4" />
              {VIEWS[name]}
              {counts[name] ? <span className="text-faint text-xs tabular-nums">{counts[name]}</span> : null}
            </ViewLink>
          </li>
        ))}
        {inOrder(useProjects()).map((project) => (
          <li key={project.id} className={`shrink-0 ${project.archived ? "order-last" : ""}`}>
            <ProjectLink project={project} className="chip ps-2" />
          </li>
        ))}
        <Suspense>
          <FilterTabs />
        </Suspense>
        <li className="order-last shrink-0">
          <ProjectButton className="chip" />
        </li>
      </ul>
    </nav>
  );
}
