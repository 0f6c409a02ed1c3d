import { fitting, moveInto, moveProject, staying, type Target } from "./moves";
import { type Moving, place } from "./moving";
import { listed } from "./projects";
import { INBOX } from "./views";

const INDENT = 24;
const EDGE = 64;
const SPEED = 14;

/** Follows the pointer from a grip until it is let go; Escape ends it without a move. */
export function startDrag(event: PointerEvent, moving: Moving): void {
  const item = (event.target as Element).closest<HTMLElement>("[data-row], [data-project]");
  const { row: id, project } = item?.dataset ?? {};
  if (!item || !(id || project)) return;
  event.preventDefault();
  const drop = id ? todoDrop(moving, id, event.clientX) : projectDrop(moving, project ?? "");
  const line = marker("drag-line");
  const ghost = marker("drag-ghost");
  ghost.textContent = item.querySelector("[data-name]")?.textContent ?? "";
  item.dataset.dragged = "";
  let { clientX: x, clientY: y } = event;
  let frame = requestAnimationFrame(draw);

  function draw(): void {
    ghost.style.translate = `${x + 12}px ${y + 12}px`;
    const place = drop.at(x, y);
    line.hidden = !place;
    if (place) Object.assign(line.style, { left: `${place.left}px`, width: `${place.width}px`, top: `${place.top}px` });
    if (y < EDGE) window.scrollBy(0, -SPEED);
    else if (y > window.innerHeight - EDGE) window.scrollBy(0, SPEED);
    frame = requestAnimationFrame(draw);
  }

  const stop = new AbortController();
  const { signal } = stop;
  function end(): void {
    stop.abort();
    cancelAnimationFrame(frame);
    drop.leave();
    line.remove();
    ghost.remove();
    delete item?.dataset.dragged;
  }

  window.addEventListener("pointermove", (moved) => ({ clientX: x, clientY: y } = moved), { signal });
  window.addEventListener("pointercancel", end, { signal });
  window.addEventListener("keydown", ({ key }) => key === "Escape" && end(), { signal, capture: true });
  window.addEventListener(
    "pointerup",
    () => {
      drop.at(x, y);
      drop.take();
      end();
    },
    { signal },
  );
  // Not on the row: a long list removes it from the document when it is out of sight.
  document.documentElement.setPointerCapture(event.pointerId);
}

interface Drop {
  /** Notes what is under the pointer; where a line shows the place, gives that. */
  at: (x: number, y: number) => { left: number; top: number; width: number } | null;
  take: () => void;
  leave: () => void;
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
  const rest = shown.map((project) => project.id).filter((each) => each !== id);
  const ids = new Set(rest);
  let index = -1;
  return {
    at(_x, y) {
      const gap = gapAt(y, "project", ids);
      index = gap?.next ? rest.indexOf(gap.next) : rest.length;
      return gap;
    },
    take() {
      const action = moveProject(shown, id, index);
      if (action) void run([action]);
    },
    leave: () => undefined,
  };
}

/** The place between two of these rows that is nearest to the pointer, and the id of the row after it. */
function gapAt(y: number, kind: "row" | "project", ids: ReadonlySet<string>) {
  const items = [...document.querySelectorAll<HTMLElement>(`[data-${kind}]`)]
    .map((item) => ({ id: item.dataset[kind] ?? "", box: item.getBoundingClientRect() }))
    .filter(({ id, box }) => ids.has(id) && box.height > 0)
    .sort((one, other) => one.box.top - other.box.top);
  const next = items.find(({ box }) => y < box.top + box.height / 2);
  const box = next?.box ?? items.at(-1)?.box;
  if (!box) return null;
  return { next: next?.id, left: box.left, width: box.width, top: next ? box.top : box.bottom };
}

function marker(className: string): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  element.ariaHidden = "true";
  document.body.append(element);
  return element;
}
