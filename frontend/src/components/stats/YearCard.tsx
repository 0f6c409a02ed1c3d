import type { DailyStats, Stats } from "@/lib/api/types";
import { useUser } from "@/lib/todos/context";
import { Heatmap } from "./Heatmap";
import { StatsCard } from "./StatsCard";
import { dailyTable } from "./tables";
import { WHOLE_ROW } from "./widths";

export function YearCard({ stats, daily }: { stats: Stats; daily: DailyStats[] | undefined }) {
  const { week_start } = useUser();
  const total = daily?.reduce((sum, day) => sum + day.completed, 0);
  return (
    <StatsCard
      title="Last year"
      note={total === undefined ? undefined : `${total} completed`}
      table={daily && dailyTable(daily.toReversed())}
      className={WHOLE_ROW}
    >
      {daily ? <Heatmap days={daily} goal={stats.goal.daily} start={week_start} /> : <div className="skeleton h-29" />}
    </StatsCard>
  );
}
