import { useEffect, useRef } from "react";
import { preferences } from "./preferences";

export type ShortcutMap = Record<string, (event: KeyboardEvent) => void>;

/** One listener for all of them, so that the second key of `g s` is not taken for a key of its own. */
const maps = new Set<{ current: ShortcutMap }>();
const SEQUENCE_MS = 1_000;
let prefixedAt = Number.NEGATIVE_INFINITY;

/** Single keys, `mod+z`, and sequences such as `g s`; silent while somebody types or a dialog is open. */
export function useShortcuts(map: ShortcutMap): void {
  const current = useRef(map);
  useEffect(() => {
    current.current = map;
  });
  useEffect(() => {
    maps.add(current);
    document.addEventListener("keydown", onKeyDown);
    return () => {
      maps.delete(current);
      if (maps.size === 0) document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
}

function onKeyDown(event: KeyboardEvent): void {
  if (isQuiet(event)) return;
  const name = nameOf(event);
  prefixedAt = name === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
  const handler = [...maps].map(({ current }) => current[name]).find(Boolean);
  if (!handler) return;
  event.preventDefault();
  handler(event);
}

function isQuiet(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey) return true;
  if (document.querySelector("dialog[open]") || isTyping(event.target)) return true;
  const modified = event.ctrlKey || event.metaKey;
  return modified ? event.key.toLowerCase() !== "z" : !preferences.get().shortcuts && event.key.length === 1;
}

const TOGGLES = new Set(["checkbox", "radio", "button", "submit", "file"]);

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !TOGGLES.has(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName));
}

function nameOf(event: KeyboardEvent): string {
  if (event.ctrlKey || event.metaKey) return `mod+${event.key.toLowerCase()}`;
  return event.timeStamp - prefixedAt < SEQUENCE_MS ? `g ${event.key}` : event.key;
}
