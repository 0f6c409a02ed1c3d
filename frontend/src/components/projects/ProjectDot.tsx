import { COLORS } from "@/lib/todos/projects";

/** The colour of a project: one of ours, by its name, or what another client has given it. */
export function ProjectDot({ color }: { color: string | null }) {
  const backgroundColor = (color && COLORS[color]) ?? color ?? undefined;
  return (
    <span aria-hidden="true" className="grid size-4.5 shrink-0 place-items-center">
      <span className="size-2.5 rounded-full bg-line-strong" style={{ backgroundColor }} />
    </span>
  );
}
