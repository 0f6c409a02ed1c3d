import type { Project } from "@/lib/api/types";
import { viewQuery } from "@/lib/todos/views";
import { Count } from "../shell/Count";
import { useCurrentView } from "../shell/use-current-view";
import { ViewLink } from "../shell/ViewLink";
import { ProjectDot } from "./ProjectDot";

interface ProjectLinkProps {
  project: Project;
  count?: number;
  className?: string;
}

export function ProjectLink({ project, count, className }: ProjectLinkProps) {
  const current = useCurrentView()?.project === project.id;
  return (
    <ViewLink query={viewQuery({ project: project.id })} current={current} className={className}>
      <ProjectDot color={project.color} />
      <span data-name className="min-w-0 flex-1 truncate">
        {project.name}
      </span>
      <Count value={count} />
    </ViewLink>
  );
}
