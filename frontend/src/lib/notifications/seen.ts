import { useSyncExternalStore } from "react";

/** Up to when this browser has shown what fired: an instant in its local storage. */
const KEY = "todobus.fired";
const CHANGED = "todobus:fired";

export function seenUntil(): string | null {
  return localStorage.getItem(KEY);
}

export function markSeen(until: string): void {
  if (until <= (seenUntil() ?? "")) return;
  localStorage.setItem(KEY, until);
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

export function useSeenUntil(): string | null {
  return useSyncExternalStore(subscribe, seenUntil);
}
