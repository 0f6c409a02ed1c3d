import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { Api } from "../api/endpoints";
import type { Stats } from "../api/types";
import type { Readable } from "../store";
import { type Delta, pendingAt } from "./pending";

export const STATS = ["stats"] as const;
export const DAILY = ["stats-daily"] as const;
const PATIENCE_MS = 1_000;

/** Never older than this tab's own writes: `min_sequence` waits for the projection to reach them. */
export function statsQuery(api: Api, deltas: Readable<Delta[]>) {
  return queryOptions({
    queryKey: STATS,
    queryFn: async ({ client, signal }) => {
      const pending = pendingAt(reachedBy(client), deltas.get());
      const lastWrite = pending.reduce((highest, delta) => Math.max(highest, delta.sequence ?? 0), 0);
      return newest(client, (await api.getStats(lastWrite, signal)).data);
    },
    staleTime: 60_000,
    // A slow projection is asked again until it has caught up.
    refetchInterval: ({ state }) => (state.data?.stale ? 2_000 : 5 * 60_000),
    retry: 1,
  });
}

export function dailyQuery(api: Api, from: string, to: string) {
  return queryOptions({
    queryKey: [...DAILY, from, to],
    queryFn: async ({ signal }) => (await api.getDailyStats({ from, to }, signal)).data,
    staleTime: 60_000,
    retry: 1,
  });
}

/** Takes in a summary that came over the live stream. */
export function acceptStats(client: QueryClient, stats: Stats): void {
  client.setQueryData<Stats>(STATS, newest(client, stats));
  void client.invalidateQueries({ queryKey: DAILY });
}

/** The stream brings new numbers; where it does not, they are requested. */
export function refreshStats(client: QueryClient, sequence: number): void {
  setTimeout(() => {
    const known = client.getQueryData<Stats>(STATS);
    if (known && known.as_of_sequence < sequence) void client.invalidateQueries({ queryKey: STATS });
  }, PATIENCE_MS);
}

/** The sequence that the known summary has reached, 0 without one. */
export function reachedBy(client: QueryClient): number {
  return client.getQueryData<Stats>(STATS)?.as_of_sequence ?? 0;
}

function newest(client: QueryClient, stats: Stats): Stats {
  const known = client.getQueryData<Stats>(STATS);
  return known && known.as_of_sequence > stats.as_of_sequence ? known : stats;
}
