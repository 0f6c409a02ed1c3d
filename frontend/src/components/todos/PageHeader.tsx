import { formatDay } from "@/lib/time";
import { useProjects, useToday } from "@/lib/todos/context";
import type { View } from "@/lib/todos/views";
import { ProjectButton } from "../projects/ProjectButton";
import { LiveIndicator } from "../shell/LiveIndicator";

export function PageHeader({ title, view }: { title: string; view: View }) {
  const today = useToday();
  const project = useProjects().get(view.project ?? "");
  return (
    <header className="flex items-baseline gap-x-3">
      <h1 className="min-w-0 truncate">{title}</h1>
      {project && !project.deleted_at && <ProjectButton project={project} className="btn-icon self-center" />}
      {project?.archived && <p className="text-faint">archived</p>}
      {view.name === "today" && <p className="text-faint">{formatDay(today, "full")}</p>}
      <LiveIndicator className="ms-auto shrink-0 md:hidden" />
    </header>
  );
}
