import { useSyncExternalStore } from "react";

/**
 * The query of the address is where the list's view lives. It is read from the address itself: `useSearchParams` would
 * take the page's content out of the exported HTML.
 */
const CHANGED = "todobus:location";

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(CHANGED, listener);
  };
}

export function useSearch(): string {
  return useSyncExternalStore(
    subscribe,
    () => location.search,
    () => "",
  );
}

export function setSearch(query: string, mode: "push" | "replace" = "push"): void {
  const target = location.pathname + (query && `?${query}`);
  if (mode === "push") history.pushState(null, "", target);
  else history.replaceState(null, "", target);
  window.dispatchEvent(new Event(CHANGED));
}
