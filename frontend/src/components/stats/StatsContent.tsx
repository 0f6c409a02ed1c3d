import { useDaily, useStats } from "@/lib/stats/use-stats";
import { useToday } from "@/lib/todos/context";
import { CompletionCard } from "./CompletionCard";
import { PrioritiesCard } from "./PrioritiesCard";
import { StatsFootnote } from "./StatsFootnote";
import { StatsPaused } from "./StatsPaused";
import { StatsSkeleton } from "./StatsSkeleton";
import { StreakCard } from "./StreakCard";
import { TagsCard } from "./TagsCard";
import { TodayCard } from "./TodayCard";
import { WeekCard } from "./WeekCard";
import { WHOLE_ROW } from "./widths";
import { YearCard } from "./YearCard";

const YEAR = 365;

export function StatsContent() {
  const today = useToday();
  const { stats, error, retry, paused } = useStats();
  const { daily, error: dailyError, retry: retryDaily } = useDaily(today, YEAR, stats?.completed_today);
  if (error) return <StatsPaused error={error} retry={retry} className="mt-6" />;
  if (!stats) return <StatsSkeleton />;
  return (
    <div className="mt-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-6">
      <CompletionCard stats={stats} />
      <TodayCard stats={stats} />
      <StreakCard stats={stats} />
      {dailyError ? (
        <StatsPaused error={dailyError} retry={retryDaily} className={WHOLE_ROW} />
      ) : (
        <>
          <WeekCard stats={stats} daily={daily} today={today} />
          <PrioritiesCard stats={stats} />
          <YearCard stats={stats} daily={daily} />
        </>
      )}
      <TagsCard stats={stats} />
      <StatsFootnote stats={stats} paused={paused} />
    </div>
  );
}
