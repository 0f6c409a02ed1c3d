import type { QueryClient, QueryKey } from "@tanstack/react-query";

/** A session that nobody uses ends after a week: then what was kept is of no use either. */
export const OLDEST_MS = 7 * 86_400_000;
const PAUSE_MS = 1_000;

/** Calls `keep` some time after each change of queries whose keys begin so, one call at a time. Returns what ends that. */
export function afterChanges(client: QueryClient, keys: readonly QueryKey[], keep: () => Promise<void>): () => void {
  const names = new Set(keys.map(([name]) => name));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let keeping = Promise.resolve();
  const unsubscribe = client.getQueryCache().subscribe(({ query }) => {
    if (!names.has(query.queryKey[0]) || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      // A database that another tab has closed is not written any more.
      keeping = keeping.then(keep).catch(() => undefined);
    }, PAUSE_MS);
  });
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}
