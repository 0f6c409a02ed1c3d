import type { Project, Todo } from "../api/types";
import type { App } from "../app";
import { startDrag } from "./drag";
import { type Direction, moveProject, moveTo, step, type Target } from "./moves";
import { listed } from "./projects";
import type { Row } from "./rows";
import type { Action } from "./writes";

/** What moving works on, as it is when a key is pressed or a drag begins. */
export interface Moving extends Pick<App, "preferences" | "notices"> {
  rows: readonly Row[];
  todos: ReadonlyMap<string, Todo>;
  projects: ReadonlyMap<string, Project>;
  /** Whether the list is one in which todos can be moved. */
  movable: boolean;
  run: (actions: Action[]) => Promise<boolean>;
  focusRow: (id: string) => void;
}

const DIRECTIONS: Record<string, Direction> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "out",
  ArrowRight: "in",
};

/** Moves todos and projects by Alt and arrows and by dragging. Returns what ends that. */
export function startMoving(current: () => Moving): () => void {
  function onKeyDown(event: KeyboardEvent): void {
    const direction = DIRECTIONS[event.key];
    if (!direction || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const focused = document.activeElement;
    if (!focused || focused.closest("form, dialog")) return;
    const [row, project] = [idOf(focused, "row"), idOf(focused, "project")];
    if (!row && !project) return;
    event.preventDefault();
    if (row) moveRow(current(), row, direction);
    else if (project) stepProject(current(), project, direction);
  }

  function onPointerDown(event: PointerEvent): void {
    if (event.button !== 0 || !(event.target instanceof Element)) return;
    const moving = current();
    if (event.target.closest("[data-grip]")) startDrag(event, moving);
  }

  document.addEventListener("keydown", onKeyDown);
  document.addEventListener("pointerdown", onPointerDown);
  return () => {
    document.removeEventListener("keydown", onKeyDown);
    document.removeEventListener("pointerdown", onPointerDown);
  };
}

function idOf(element: Element, kind: "row" | "project"): string | undefined {
  return element.closest<HTMLElement>(`[data-${kind}]`)?.dataset[kind];
}

function moveRow(moving: Moving, id: string, direction: Direction): void {
  const { rows, movable, preferences, notices } = moving;
  if (!movable) return;
  const row = rows.find(({ key }) => key === id);
  const along = direction === "up" || direction === "down";
  if (along && row?.kind === "todo" && row.depth === 0 && preferences.get().sort !== "position") {
    const choose = { label: "My order", run: () => preferences.change("sort", "position") };
    return notices.notify("Todos are moved in your own order.", { actions: [choose] });
  }
  const target = step(rows, id, direction);
  if (target) place(moving, id, target);
  else notices.notify("There is nowhere to go that way.");
}

export function place(moving: Moving, id: string, target: Target): void {
  const action = moveTo(moving.todos, moving.rows, id, target);
  if (!action) return;
  void moving.run([action]);
  requestAnimationFrame(() => moving.focusRow(id));
}

function stepProject({ projects, run }: Moving, id: string, direction: Direction): void {
  const shown = listed(projects);
  const index = shown.findIndex((project) => project.id === id);
  const gap = direction === "up" ? index - 1 : index + 1;
  const action = direction === "up" || direction === "down" ? moveProject(shown, id, gap) : null;
  if (!action) return;
  void run([action]);
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-project="${id}"] a`)?.focus());
}
