import { lazy, Suspense, useState } from "react";
import type { Project } from "@/lib/api/types";
import { Icon } from "../Icon";

const ProjectDialog = lazy(() => import("./ProjectDialog"));

/** Opens the dialog that makes a project, or changes this one. */
export function ProjectButton({ project, className = "btn-icon" }: { project?: Project; className?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={project ? `Edit project: ${project.name}` : "New project"}
        onClick={() => setOpen(true)}
      >
        <Icon name={project ? "settings" : "add"} className="size-4" />
      </button>
      <Suspense>{open && <ProjectDialog project={project} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
