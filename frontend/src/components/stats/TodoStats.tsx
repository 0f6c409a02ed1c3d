import { useDaily, useStats } from "@/lib/stats/use-stats";
import { useToday } from "@/lib/todos/context";
import { Figure } from "./Figure";
import { ProgressRing } from "./ProgressRing";
import { StatsPaused } from "./StatsPaused";
import { WeekBars } from "./WeekBars";

/** The day at a glance, beside the list. */
export default function TodoStats() {
  const today = useToday();
  const { stats, error, retry, paused } = useStats();
  const { daily } = useDaily(today, 7, stats?.completed_today);
  if (error) return <StatsPaused error={error} retry={retry} />;
  if (!stats) return <div className="skeleton late h-96 rounded-2xl" />;
  const percent = Math.round(stats.completion_rate * 100);
  const left = Math.max(0, stats.goal.daily - stats.goal.done);
  return (
    <section aria-label="Progress" className="card p-5" data-sequence={stats.as_of_sequence}>
      <div className="flex flex-col items-center">
        <ProgressRing value={stats.completion_rate} label={`${percent} percent of all todos completed`}>
          <span className="figure text-3xl" data-stat="rate">
            {percent}%
          </span>
          <span className="text-faint text-xs tabular-nums" data-stat="totals">
            <bdi>
              {stats.completed} of {stats.total}
            </bdi>
          </span>
        </ProgressRing>
      </div>
      <dl className="mt-5 grid grid-cols-2 gap-3 border-line border-t pt-4">
        <Figure
          label="Today"
          value={`${stats.goal.done} / ${stats.goal.daily}`}
          note={left ? `${left} to go` : "Goal reached"}
          name="today"
        />
        <Figure
          label="Streak"
          value={String(stats.streak.current)}
          note={stats.streak.current === 1 ? "day" : "days"}
          flame={stats.streak.current > 0}
          name="streak"
        />
      </dl>
      {daily && (
        <div className="mt-4 border-line border-t pt-4">
          <h2 className="eyebrow mb-3">Last seven days</h2>
          <WeekBars days={daily} today={today} goal={stats.goal.daily} />
        </div>
      )}
      {(paused || stats.stale) && <p className="mt-4 text-warn text-xs">These numbers are catching up.</p>}
    </section>
  );
}
