import type { ViewName } from "@/lib/todos/views";
import type { IconName } from "../Icon";

export const VIEW_ICONS: Record<ViewName, IconName> = {
  active: "all",
  today: "today",
  upcoming: "calendar",
  completed: "done",
  trash: "trash",
};
