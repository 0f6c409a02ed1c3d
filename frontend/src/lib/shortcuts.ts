import { useEffect, useRef } from "react";
import { preferences } from "./preferences";

export type ShortcutMap = Record<string, (event: KeyboardEvent) => void>;

const SEQUENCE_MS = 1_000;
const prefixedAt = Number.NEGATIVE_INFINITY;

/** Single keys, `mod+z`, and sequences such as `g s`; silent while somebody types or a dialog is open. */
export function useShortcuts(map: ShortcutMap): void {
  const current = useRef(map);
  useEffect(() => {
    current.current = map;
  });
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (isQuiet(event)) return;
      const handler = current.current[nameOf(event)];
      if (!handler) return;
      event.preventDefault();
      handler(event);
    }
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
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
