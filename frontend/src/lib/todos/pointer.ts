const EDGE = 64;
const SPEED = 14;

/** What a drag does where the pointer is. */
export interface Drop {
  /** Notes what is under the pointer; where a line shows the place, gives that. */
  at: (x: number, y: number) => { left: number; top: number; width: number } | null;
  take: () => void;
  leave: () => void;
}

/** Drags an item from where the pointer went down until it is let go; Escape ends it without a move. */
export function follow(event: PointerEvent, item: HTMLElement, drop: Drop): void {
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
    delete item.dataset.dragged;
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

/** The order of a short list: `move` gets how many of the others are before the place. */
export function orderDrop(kind: string, ids: readonly string[], id: string, move: (gap: number) => void): Drop {
  const rest = ids.filter((each) => each !== id);
  const known = new Set(rest);
  let gap = -1;
  return {
    at(_x, y) {
      const place = gapAt(y, kind, known);
      gap = place?.next ? rest.indexOf(place.next) : rest.length;
      return place;
    },
    take: () => move(gap),
    leave: () => undefined,
  };
}

/** The place between two of these items that is nearest to the pointer, and the id of the item after it. */
export function gapAt(y: number, kind: string, ids: ReadonlySet<string>) {
  const items = [...document.querySelectorAll<HTMLElement>(`[data-${kind}]`)]
    .map((item) => ({ id: item.dataset[kind] ?? "", box: item.getBoundingClientRect() }))
    .filter(({ id, box }) => ids.has(id) && box.height > 0)
    .sort((one, other) => one.box.top - other.box.top);
  const next = items.find(({ box }) => y < box.top + box.height / 2);
  const box = next?.box ?? items.at(-1)?.box;
  if (!box) return null;
  return { next: next?.id, left: box.left, width: box.width, top: next ? box.top : box.bottom };
}

/** Marks what the pointer is over, among the elements that have this attribute. */
export function overMark(attribute: string) {
  let over: HTMLElement | null = null;
  return {
    enter(x: number, y: number): string | undefined {
      const found = document.elementFromPoint(x, y)?.closest<HTMLElement>(`[data-${attribute}]`) ?? null;
      if (over !== found) {
        over?.removeAttribute("data-over");
        found?.setAttribute("data-over", "");
        over = found;
      }
      return found?.dataset[attribute];
    },
    leave: () => over?.removeAttribute("data-over"),
  };
}

function marker(className: string): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  element.ariaHidden = "true";
  document.body.append(element);
  return element;
}
