import { type Drop, follow } from "./pointer";

const FAR = 5;

/** A mouse drags a card from anywhere on it, once it has gone some way; a finger drags it by its grip, and else scrolls. */
export function dragCard(event: PointerEvent, makeDrop: (id: string) => Drop): void {
  const target = event.target as Element;
  const item = target.closest<HTMLElement>("[data-row]");
  const id = item?.dataset.row;
  if (!item || !id || event.button !== 0) return;
  if (target.closest("[data-grip]")) {
    event.preventDefault();
    return follow(event, item, makeDrop(id));
  }
  if (event.pointerType !== "mouse" || target.closest("input")) return;
  const waiting = new AbortController();
  const { signal } = waiting;
  window.addEventListener(
    "pointermove",
    (moved) => {
      if (Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < FAR) return;
      waiting.abort();
      follow(moved, item, makeDrop(id));
    },
    { signal },
  );
  window.addEventListener("pointerup", () => waiting.abort(), { signal });
  window.addEventListener("pointercancel", () => waiting.abort(), { signal });
}
