import type { Filter, FilterQuery } from "../api/generated/types.gen";
import { PRIORITIES, type View, type ViewName, viewQuery } from "./views";

export const FILTERS = ["filters"] as const;

const STATUS = {
  active: "active",
  today: "today",
  upcoming: "upcoming",
  completed: "completed",
  trash: "deleted",
} as const satisfies Record<ViewName, FilterQuery["status_filter"]>;

/** Parameters that have no effect on which todos a list shows. */
const ASIDE = new Set(["sort"]);

/** The parameters by which the API lists what a view shows. */
export function queryOf({ name, q, tags, priority, project }: View): FilterQuery {
  return {
    status_filter: STATUS[name],
    ...(q ? { q } : {}),
    ...(tags.length > 0 ? { tag: tags } : {}),
    ...(priority ? { priority: [priority] } : {}),
    ...(project ? { project } : {}),
  };
}

/** The address of the view that a filter saves; null where the filter asks for more than a view can. */
export function addressOf({ query }: Pick<Filter, "query">): string | null {
  const { status_filter = "active", q, tag = [], priority = [], project, ...more }: FilterQuery = query;
  const name = (Object.keys(STATUS) as ViewName[]).find((each) => STATUS[each] === status_filter);
  const [first, ...others] = priority ?? [];
  const isMore = Object.entries(more).some(([key, value]) => value !== null && !ASIDE.has(key));
  if (!name || isMore || others.length > 0 || tag?.includes("none")) return null;
  const known = PRIORITIES.find((each) => each === first) ?? null;
  return viewQuery({ name, q: q ?? "", tags: tag ?? [], priority: known, project: project ?? null });
}
