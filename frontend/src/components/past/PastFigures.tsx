import type { Stats } from "@/lib/api/types";
import { Figure } from "../stats/Figure";

export function PastFigures({ stats }: { stats: Stats }) {
  const percent = `${Math.round(stats.completion_rate * 100)}%`;
  return (
    <dl className="mt-5 grid grid-cols-2 gap-4 sm:grid-cols-4">
      <Figure label="Open" value={String(stats.active)} note={`${stats.overdue} late`} name="past-open" />
      <Figure label="Completed" value={String(stats.completed)} note={percent} name="past-completed" />
      <Figure
        label="Done that day"
        value={String(stats.completed_today)}
        note={`of ${stats.goal.daily}`}
        name="past-day"
      />
      <Figure label="Streak" value={String(stats.streak.current)} note="days" name="past-streak" />
    </dl>
  );
}
