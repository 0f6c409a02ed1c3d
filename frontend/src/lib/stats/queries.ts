import { type QueryClient, queryOptions } from "@tanstack/react-query";
import * as api from "../api/endpoints";
import type { Stats } from "../api/types";
import { deltas, reached } from "./pending";

export const STATS = ["stats"] as const;
const PATIENCE_MS = 1_000;
export const DAILY = ["stats-daily"] as const;

/** Never older than this tab's own writes: `min_sequence` waits for the projection to reach them. */
export const statsQuery = queryOptions({
  queryKey: STATS,
  queryFn: async ({ client, signal }) => {
    const { data } = await api.getStats(lastWrite(), signal);
    return newest(client, data);
  },
  staleTime: 60_000,
  // A slow projection is asked again until it has caught up.
  refetchInterval: ({ state }) => (state.data?.stale ? 2_000 : 5 * 60_000),
  retry: 1,
});

export function dailyQuery(from: string, to: string) {
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

/** The stream brings new numbers by itself; where it does not, they are asked for. */
export function askForStats(client: QueryClient, sequence: number): void {
  setTimeout(() => {
    const known = client.getQueryData<Stats>(STATS);
    if (known && known.as_of_sequence < sequence) void client.invalidateQueries({ queryKey: STATS });
  }, PATIENCE_MS);
}

function newest(client: QueryClient, stats: Stats): Stats {
  const known = client.getQueryData<Stats>(STATS);
  const best = known && known.as_of_sequence > stats.as_of_sequence ? known : stats;
  reached(best.as_of_sequence);
  return best;
}

function lastWrite(): number {
  return deltas.get().reduce((highest, delta) => Math.max(highest, delta.sequence ?? 0), 0);
}
