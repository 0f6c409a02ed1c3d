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

/**
 * With the router's own state the router ignores the entry. Otherwise it would follow in a transition and write the
 * address a second time: letters typed in between would be lost.
 */
export function setSearch(query: string, mode: "push" | "replace" = "push"): void {
  const target = location.pathname + (query && `?${query}`);
  if (mode === "push") history.pushState(history.state, "", target);
  else history.replaceState(history.state, "", target);
  window.dispatchEvent(new Event(CHANGED));
}
