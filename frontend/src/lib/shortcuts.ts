import type { Preferences } from "./preferences";
import type { Readable } from "./store";

export type Handler = (event: KeyboardEvent) => void;
type Lookup = (name: string) => Handler | undefined;

export interface Shortcuts {
  /** Adds handlers by the names of their keys: single keys, `mod+shift+z`, sequences such as `g s`. Returns their removal. */
  add(lookup: Lookup): () => void;
}

const SEQUENCE_MS = 1_000;
const UNDO_KEYS = new Set(["z", "y"]);

/**
 * One listener for all handlers, so that the second key of `g s` is not taken for a key of its own; inactive while the
 * user types or a dialog is open.
 */
export function createShortcuts(preferences: Readable<Preferences>): Shortcuts {
  const lookups = new Set<Lookup>();
  let prefixedAt = Number.NEGATIVE_INFINITY;

  function onKeyDown(event: KeyboardEvent): void {
    if (isIgnored(event, preferences.get().shortcuts)) return;
    const name = nameOf(event, event.timeStamp - prefixedAt < SEQUENCE_MS);
    prefixedAt = name === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
    const handler = [...lookups].map((lookup) => lookup(name)).find(Boolean);
    if (!handler) return;
    event.preventDefault();
    handler(event);
  }

  return {
    add(lookup) {
      lookups.add(lookup);
      document.addEventListener("keydown", onKeyDown);
      return () => {
        lookups.delete(lookup);
        if (lookups.size === 0) document.removeEventListener("keydown", onKeyDown);
      };
    },
  };
}

function isIgnored(event: KeyboardEvent, singleKeys: boolean): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey) return true;
  if (document.querySelector("dialog[open]") || isTyping(event.target)) return true;
  if (event.key === "Enter" && event.target instanceof Element && event.target.closest("a, button, summary"))
    return true;
  const modified = event.ctrlKey || event.metaKey;
  return modified ? !UNDO_KEYS.has(event.key.toLowerCase()) : !singleKeys && event.key.length === 1;
}

const TOGGLES = new Set(["checkbox", "radio", "button", "submit", "file"]);

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !TOGGLES.has(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName));
}

function nameOf(event: KeyboardEvent, prefixed: boolean): string {
  if (event.ctrlKey || event.metaKey) return `mod+${event.shiftKey ? "shift+" : ""}${event.key.toLowerCase()}`;
  return prefixed ? `g ${event.key}` : event.key;
}
