import { fitting, moveInto, moveProject, staying, type Target } from "./moves";
import { type Moving, place } from "./moving";
import { type Drop, follow, gapAt, orderDrop, overMark } from "./pointer";
import { listed } from "./projects";
import { INBOX } from "./views";

const INDENT = 24;

/** Drags the todo or project whose grip the pointer is on. */
export function startDrag(event: PointerEvent, moving: Moving): void {
  const item = (event.target as Element).closest<HTMLElement>("[data-row], [data-project]");
  const { row: id, project } = item?.dataset ?? {};
  if (!item || !(id ? moving.movable : project)) return;
  event.preventDefault();
  follow(event, item, id ? todoDrop(moving, id, event.clientX) : projectDrop(moving, project ?? ""));
}

function todoDrop(moving: Moving, id: string, startX: number): Drop {
  const rest = staying(moving.rows, id);
  const ids = new Set(rest.map(({ key }) => key));
  const own = moving.rows.find(({ key }) => key === id);
  const depth = own?.kind === "todo" ? own.depth : 0;
  let target: Target | null = null;
  const over = overMark("into");
  let into: string | undefined;

  return {
    at(x, y) {
      into = over.enter(x, y);
      target = null;
      if (into) return null;
      const gap = gapAt(y, "row", ids);
      if (!gap) return null;
      const before = rest.findIndex(({ key }) => key === gap.next);
      const wanted = depth + Math.round((x - startX) / INDENT);
      target = fitting(rest, { gap: before < 0 ? rest.length : before, depth: wanted });
      const indent = target.depth * INDENT;
      return { left: gap.left + indent, width: gap.width - indent, top: gap.top };
    },
    take() {
      const todo = moving.todos.get(id);
      if (target) return place(moving, id, target);
      const project = into === INBOX ? null : moving.projects.get(into ?? "");
      const action = todo && project !== undefined ? moveInto(moving.todos, todo, project) : null;
      if (action) void moving.run([action]);
    },
    leave: over.leave,
  };
}

function projectDrop({ projects, run }: Moving, id: string): Drop {
  const shown = listed(projects);
  const ids = shown.map((project) => project.id);
  return orderDrop("project", ids, id, (gap) => {
    const action = moveProject(shown, id, gap);
    if (action) void run([action]);
  });
}
