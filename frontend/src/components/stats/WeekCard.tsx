import type { DailyStats, Stats } from "@/lib/api/types";
import { StatsCard } from "./StatsCard";
import { dailyTable } from "./tables";
import { WeekBars } from "./WeekBars";
import { HALF } from "./widths";

export function WeekCard({ stats, daily, today }: { stats: Stats; daily: DailyStats[] | undefined; today: string }) {
  const days = daily?.slice(-7);
  return (
    <StatsCard title="Last seven days" table={days && dailyTable(days)} className={HALF}>
      {days ? (
        <WeekBars days={days} today={today} goal={stats.goal.daily} size="large" />
      ) : (
        <div className="skeleton h-48" />
      )}
    </StatsCard>
  );
}
