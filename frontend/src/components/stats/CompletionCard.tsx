import type { Stats } from "@/lib/api/types";
import { ProgressRing } from "./ProgressRing";
import { StatLine } from "./StatLine";
import { StatsCard } from "./StatsCard";
import { THIRD } from "./widths";

export function CompletionCard({ stats }: { stats: Stats }) {
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
    <StatsCard title="Completed" table={table} className={THIRD}>
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
          <StatLine label="Done" value={stats.completed} name="completed" />
          <StatLine label="Open" value={stats.active} name="active" />
          <StatLine label="Overdue" value={stats.overdue} name="overdue" />
        </dl>
      </div>
    </StatsCard>
  );
}
