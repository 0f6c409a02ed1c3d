import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { DailyStats, Stats } from "../api/types";
import { useApp } from "../app";
import { useStore } from "../store";
import { addDays } from "../time";
import { useWork } from "../todos/context";
import { withDeltas } from "./pending";
import { dailyQuery, statsQuery } from "./queries";

/** The summary with this tab's own writes in it, before and after the projection has taken them in. */
export function useStats(): { stats: Stats | undefined; error: unknown; retry: () => void; paused: boolean } {
  const { deltas } = useWork();
  const { data, error, refetch, isRefetchError } = useQuery(statsQuery(useApp().api, deltas));
  const pending = useStore(deltas);
  const stats = useMemo(() => data && withDeltas(data, pending), [data, pending]);
  return { stats, error: data ? null : error, retry: () => void refetch(), paused: isRefetchError };
}

/** The last `days` days up to today; today's number is the summary's, which is newer. */
export function useDaily(today: string, days: number, completedToday: number | undefined) {
  const { api } = useApp();
  const { data, error, refetch } = useQuery(dailyQuery(api, addDays(today, 1 - days), today));
  const daily = useMemo(() => data && withToday(data, today, completedToday), [data, today, completedToday]);
  return { daily, error: data ? null : error, retry: () => void refetch() };
}

function withToday(daily: DailyStats[], today: string, completed: number | undefined): DailyStats[] {
  if (completed === undefined) return daily;
  return daily.map((day) => (day.date === today ? { ...day, completed } : day));
}
