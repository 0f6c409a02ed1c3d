import { type RefObject, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import type { ListHandle } from "../todos/TodoList";

const SETTLES_MS = 1_000;

/**
 * Gives the list's keys the cards of a layout, which has to draw the one that is `wanted`: it gets the focus, and again
 * where it loses that because it is drawn in another place.
 */
export function useLayoutHandle(list: RefObject<ListHandle | null>) {
  const frame = useRef<HTMLDivElement>(null);
  const asked = useRef({ at: Number.NEGATIVE_INFINITY, done: false });
  const [wanted, setWanted] = useState<string | null>(null);

  function focus(id: string | null): void {
    const isLost = document.activeElement === document.body;
    if (performance.now() - asked.current.at > SETTLES_MS || (asked.current.done && !isLost)) return;
    const card = frame.current?.querySelector<HTMLElement>(`[data-row="${id}"] [data-row-focus]`);
    if (!card) return;
    asked.current.done = true;
    card.focus({ preventScroll: true });
    card.closest("li")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  useImperativeHandle(list, () => ({
    focusRow(id) {
      asked.current = { at: performance.now(), done: false };
      setWanted(id);
      focus(id);
    },
    between: (_one, other) => [other],
  }));
  useLayoutEffect(() => focus(wanted));
  return { frame, wanted };
}
