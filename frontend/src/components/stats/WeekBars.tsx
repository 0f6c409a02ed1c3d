import type { DailyStats } from "@/lib/api/types";
import { formatDay } from "@/lib/time";

const HEIGHT = 72;
const SIZES = { small: "h-18", large: "h-40" };

/** Completions of seven days. Rows of HTML rather than a picture, so that text keeps its size. */
interface WeekBarsProps {
  days: DailyStats[];
  today: string;
  goal: number;
  size?: keyof typeof SIZES;
}

export function WeekBars({ days, today, goal, size = "small" }: WeekBarsProps) {
  const most = Math.max(goal, 1, ...days.map((day) => day.completed));
  const total = days.reduce((sum, day) => sum + day.completed, 0);
  return (
    <div role="img" aria-label={`${total} completed in the last seven days`} className="grid grid-cols-7 gap-1.5">
      {days.map(({ date, completed }) => (
        <div key={date} className="flex flex-col items-center gap-1.5 text-xs">
          <span className={`tabular-nums ${completed === 0 ? "text-faint" : "font-medium"}`}>{completed}</span>
          <svg
            viewBox={`0 0 20 ${HEIGHT}`}
            preserveAspectRatio="none"
            aria-hidden="true"
            className={`${SIZES[size]} w-full max-w-7`}
          >
            <rect width="20" height={HEIGHT} rx="5" className="fill-hover" />
            <rect
              y={HEIGHT - barHeight(completed, most)}
              width="20"
              height={barHeight(completed, most)}
              rx="5"
              className={`transition-[y,height] duration-300 ease-out ${completed >= goal ? "fill-accent" : "fill-[var(--heat-3)]"}`}
            />
          </svg>
          <span className={date === today ? "font-semibold" : "text-faint"}>
            {formatDay(date, "short").slice(0, 2)}
          </span>
        </div>
      ))}
    </div>
  );
}

function barHeight(completed: number, most: number): number {
  return completed === 0 ? 0 : Math.max(6, (completed / most) * HEIGHT);
}
