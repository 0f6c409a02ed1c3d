import { fitting, moveInto, moveProject, staying, type Target } from "./moves";
import { type Moving, place } from "./moving";
import { type Drop, follow, gapAt, orderDrop } from "./pointer";
import { listed } from "./projects";
import { INBOX } from "./views";

const INDENT = 24;

/** Drags the todo or project whose grip the pointer is on. */
export function startDrag(event: PointerEvent, moving: Moving): void {
  const item = (event.target as Element).closest<HTMLElement>("[data-row], [data-project]");
  const { row: id, project } = item?.dataset ?? {};
  if (!item || !(id || project)) return;
  event.preventDefault();
  follow(event, item, id ? todoDrop(moving, id, event.clientX) : projectDrop(moving, project ?? ""));
}

function todoDrop(moving: Moving, id: string, startX: number): Drop {
  const rest = staying(moving.rows, id);
  const ids = new Set(rest.map(({ key }) => key));
  const own = moving.rows.find(({ key }) => key === id);
  const depth = own?.kind === "todo" ? own.depth : 0;
  let target: Target | null = null;
  let over: HTMLElement | null = null;

  function enter(found: HTMLElement | null): void {
    if (over === found) return;
    over?.removeAttribute("data-over");
    over = found;
    over?.setAttribute("data-over", "");
  }

  return {
    at(x, y) {
      enter(document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-into]") ?? null);
      target = null;
      if (over) return null;
      const gap = gapAt(y, "row", ids);
      if (!gap) return null;
      const before = rest.findIndex(({ key }) => key === gap.next);
      const wanted = depth + Math.round((x - startX) / INDENT);
      target = fitting(rest, { gap: before < 0 ? rest.length : before, depth: wanted });
      const indent = target.depth * INDENT;
      return { left: gap.left + indent, width: gap.width - indent, top: gap.top };
    },
    take() {
      const into = over?.dataset.into;
      const todo = moving.todos.get(id);
      if (target) return place(moving, id, target);
      const project = into === INBOX ? null : moving.projects.get(into ?? "");
      const action = todo && project !== undefined ? moveInto(moving.todos, todo, project) : null;
      if (action) void moving.run([action]);
    },
    leave: () => enter(null),
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
