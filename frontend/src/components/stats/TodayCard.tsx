import type { Stats } from "@/lib/api/types";
import { StatsCard } from "./StatsCard";
import { THIRD } from "./widths";

export function TodayCard({ stats }: { stats: Stats }) {
  const { done, daily } = stats.goal;
  const left = Math.max(0, daily - done);
  return (
    <StatsCard title="Today" className={THIRD}>
      <p className="flex items-baseline gap-2">
        <span className="figure text-4xl" data-stat="today">
          {done}
        </span>
        <span className="text-faint">of {daily}</span>
      </p>
      <progress className="goal mt-4" value={Math.min(done, daily)} max={Math.max(daily, 1)} aria-label="Daily goal" />
      <p className="mt-3 text-faint text-sm">
        {left === 0 ? "Goal reached. Well done." : `${left} more to reach your goal.`} {stats.completed_this_week} this
        week.
      </p>
    </StatsCard>
  );
}
