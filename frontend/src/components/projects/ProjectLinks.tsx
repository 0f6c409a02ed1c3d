import { useProjects } from "@/lib/todos/context";
import { useProjectCounts } from "@/lib/todos/counts";
import { inOrder } from "@/lib/todos/projects";
import { Grip } from "../Grip";
import { ProjectButton } from "./ProjectButton";
import { ProjectLink } from "./ProjectLink";

/** The projects in the sidebar; the archived ones are folded away below. */
export function ProjectLinks() {
  const projects = inOrder(useProjects());
  const counts = useProjectCounts();
  const archived = projects.filter((project) => project.archived);
  return (
    <section className="mt-6" aria-labelledby="sidebar-projects">
      <div className="mb-0.5 flex items-center justify-between ps-2.5">
        <h2 id="sidebar-projects" className="eyebrow">
          Projects
        </h2>
        <ProjectButton />
      </div>
      <ul className="flex flex-col gap-0.5">
        {projects.map(
          (project) =>
            !project.archived && (
              <li key={project.id} data-project={project.id} data-into={project.id} className="group relative">
                <Grip />
                <ProjectLink project={project} count={counts.get(project.id)} />
              </li>
            ),
        )}
      </ul>
      {archived.length > 0 && (
        <details className="mt-0.5">
          <summary className="nav-link text-faint text-xs">{archived.length} archived</summary>
          <ul className="flex flex-col gap-0.5">
            {archived.map((project) => (
              <li key={project.id}>
                <ProjectLink project={project} count={counts.get(project.id)} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
