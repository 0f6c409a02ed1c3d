"use client";

import type { DailyStats, Stats } from "@/lib/api/types";
import { useDaily, useStats } from "@/lib/stats/use-stats";
import { formatDay, timeAgo } from "@/lib/time";
import { PRIORITIES, PRIORITY_NAMES } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { PanelBoundary } from "../PanelBoundary";
import { useTodos } from "../todos/context";
import { PRIORITY_TEXT } from "../todos/TodoMeta";
import { Breakdown, type Share } from "./Breakdown";
import { Heatmap } from "./Heatmap";
import { ProgressRing } from "./ProgressRing";
import { StatsCard, type Table } from "./StatsCard";
import { StatsPaused } from "./StatsPaused";
import { WeekBars } from "./WeekBars";

const YEAR = 365;

export function StatsPage() {
  return (
    <div className="page max-w-4xl">
      <h1>Stats</h1>
      <PanelBoundary title="Statistics did not load">
        <Content />
      </PanelBoundary>
    </div>
  );
}

function Content() {
  const { clock, user } = useTodos();
  const { stats, error, retry, paused } = useStats();
  const { daily, error: dailyError, retry: retryDaily } = useDaily(clock.today, YEAR, stats?.completed_today);
  if (error) return <Paused error={error} retry={retry} />;
  if (!stats) return <StatsSkeleton />;
  return (
    <div className="mt-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-6">
      <Completion stats={stats} />
      <Today stats={stats} />
      <Streak stats={stats} />
      {dailyError ? (
        <div className="sm:col-span-2 lg:col-span-6">
          <StatsPaused error={dailyError} retry={retryDaily} />
        </div>
      ) : (
        <>
          <Week stats={stats} daily={daily} today={clock.today} />
          <Priorities stats={stats} />
          <Year stats={stats} daily={daily} start={user.week_start} />
        </>
      )}
      <Tags stats={stats} />
      <p className="text-faint text-xs sm:col-span-2 lg:col-span-6">
        Days are counted in {stats.time_zone.replaceAll("_", " ")}. As of change {stats.as_of_sequence},{" "}
        {timeAgo(stats.as_of)}
        {(paused || stats.stale) && <span className="text-warn"> · catching up</span>}
      </p>
    </div>
  );
}

function Paused(props: { error: unknown; retry: () => void }) {
  return (
    <div className="mt-6">
      <StatsPaused {...props} />
    </div>
  );
}

function StatsSkeleton() {
  return (
    <div className="late mt-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-3" aria-hidden="true">
      <div className="skeleton h-56 rounded-2xl" />
      <div className="skeleton h-56 rounded-2xl" />
      <div className="skeleton h-56 rounded-2xl" />
      <div className="skeleton h-48 rounded-2xl sm:col-span-2 lg:col-span-3" />
    </div>
  );
}

function Completion({ stats }: { stats: Stats }) {
  const percent = Math.round(stats.completion_rate * 100);
  const table = {
    columns: ["Todos", "Count"],
    rows: [
      ["Completed", stats.completed],
      ["Open", stats.active],
      ["Overdue", stats.overdue],
      ["All", stats.total],
    ],
  };
  return (
    <StatsCard title="Completed" table={table} className="lg:col-span-2">
      <div className="flex items-center gap-4">
        <ProgressRing
          value={stats.completion_rate}
          label={`${percent} percent of all todos completed`}
          className="size-24"
        >
          <span className="figure text-2xl" data-stat="rate">
            {percent}%
          </span>
        </ProgressRing>
        <dl className="grid grid-cols-[auto_auto] gap-x-3 gap-y-1 text-sm">
          <Line label="Done" value={stats.completed} name="completed" />
          <Line label="Open" value={stats.active} name="active" />
          <Line label="Overdue" value={stats.overdue} name="overdue" />
        </dl>
      </div>
    </StatsCard>
  );
}

function Line({ label, value, name }: { label: string; value: number; name: string }) {
  return (
    <>
      <dt className="text-faint">{label}</dt>
      <dd className="figure text-end" data-stat={name}>
        {value}
      </dd>
    </>
  );
}

function Today({ stats }: { stats: Stats }) {
  const { done, daily } = stats.goal;
  const left = Math.max(0, daily - done);
  return (
    <StatsCard title="Today" className="lg:col-span-2">
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

function Streak({ stats }: { stats: Stats }) {
  const { current, longest, last_active_date } = stats.streak;
  return (
    <StatsCard title="Streak" className="sm:col-span-2 lg:col-span-2">
      <p className="flex items-center gap-2">
        <span className="figure text-4xl" data-stat="streak">
          {current}
        </span>
        <Icon name="flame" className={`size-7 ${current > 0 ? "text-high" : "text-faint"}`} />
      </p>
      <p className="mt-3 text-faint text-sm">
        {current === 1 ? "Day" : "Days"} in a row. Your longest is {longest}.
        {last_active_date && ` Last active ${formatDay(last_active_date)}.`}
      </p>
    </StatsCard>
  );
}

function Week({ stats, daily, today }: { stats: Stats; daily: DailyStats[] | undefined; today: string }) {
  const days = daily?.slice(-7);
  return (
    <StatsCard title="Last seven days" table={days && dailyTable(days)} className="lg:col-span-3">
      {days ? (
        <WeekBars days={days} today={today} goal={stats.goal.daily} size="large" />
      ) : (
        <div className="skeleton h-48" />
      )}
    </StatsCard>
  );
}

function Year({ stats, daily, start }: { stats: Stats; daily: DailyStats[] | undefined; start: string }) {
  const total = daily?.reduce((sum, day) => sum + day.completed, 0);
  return (
    <StatsCard
      title="Last year"
      note={total === undefined ? undefined : `${total} completed`}
      table={daily && dailyTable(daily.toReversed())}
      className="sm:col-span-2 lg:col-span-6"
    >
      {daily ? <Heatmap days={daily} goal={stats.goal.daily} start={start} /> : <div className="skeleton h-29" />}
    </StatsCard>
  );
}

function dailyTable(days: DailyStats[]): Table {
  return {
    columns: ["Day", "Completed", "Created", "Open at the end"],
    rows: days.map((day) => [formatDay(day.date, "year"), day.completed, day.created, day.active_at_end]),
  };
}

function Priorities({ stats }: { stats: Stats }) {
  const shares = PRIORITIES.map((priority) => ({
    name: PRIORITY_NAMES[priority],
    tone: PRIORITY_TEXT[priority],
    ...(stats.by_priority[priority] ?? { total: 0, completed: 0 }),
  }));
  return (
    <StatsCard title="By priority" table={sharesTable(shares)} className="lg:col-span-3">
      <Breakdown shares={shares} label="By priority" />
    </StatsCard>
  );
}

function Tags({ stats }: { stats: Stats }) {
  const shares = stats.by_tag.map(({ tag, ...counts }) => ({ name: tag, ...counts }));
  if (shares.length === 0) return null;
  return (
    <StatsCard title="By tag" table={sharesTable(shares)} className="sm:col-span-2 lg:col-span-6">
      <div className="gap-x-10 sm:columns-2 [&_li]:break-inside-avoid">
        <Breakdown shares={shares.slice(0, 20)} label="By tag" />
      </div>
    </StatsCard>
  );
}

function sharesTable(shares: Share[]): Table {
  return {
    columns: ["Name", "Completed", "All"],
    rows: shares.map(({ name, completed, total }) => [name, completed, total]),
  };
}
