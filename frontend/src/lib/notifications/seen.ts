import { useSyncExternalStore } from "react";

/** Up to when this browser has shown a user what fired: an instant in its local storage. */
const CHANGED = "todobus:seen";
const keyOf = (userId: string) => `todobus-seen-${userId}`;

export function seenUntil(userId: string): string | null {
  return localStorage.getItem(keyOf(userId));
}

export function markSeen(userId: string, until: string): void {
  if (until <= (seenUntil(userId) ?? "")) return;
  localStorage.setItem(keyOf(userId), until);
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("storage", listener); // of other tabs
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener("storage", listener);
    window.removeEventListener(CHANGED, listener);
  };
}

export function useSeenUntil(userId: string): string | null {
  return useSyncExternalStore(subscribe, () => seenUntil(userId));
}
