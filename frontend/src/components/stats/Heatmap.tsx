import { useEffect, useRef } from "react";
import type { DailyStats, User } from "@/lib/api/types";
import { daysBetween, formatDay, weekStart } from "@/lib/time";

const STEP = 14;
const CELL = 11;
const TOP = 18;
const SHADES = [
  "fill-hover",
  "fill-[var(--heat-1)]",
  "fill-[var(--heat-2)]",
  "fill-[var(--heat-3)]",
  "fill-[var(--heat-4)]",
];

interface HeatmapProps {
  days: DailyStats[];
  goal: number;
  start: User["week_start"];
}

/** A year of days, a column a week. Scrolls sideways where there is no room, and begins at its end. */
export function Heatmap({ days, goal, start }: HeatmapProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (frame.current) frame.current.scrollLeft = frame.current.scrollWidth;
  }, []);
  const first = weekStart(days[0]?.date ?? "2000-01-01", start);
  const weeks = Math.floor(daysBetween(first, days.at(-1)?.date ?? first) / 7) + 1;
  const total = days.reduce((sum, day) => sum + day.completed, 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section ref={frame} tabIndex={0} aria-label="The last year, day by day" className="overflow-x-auto pb-1">
      <svg
        role="img"
        aria-label={`${total} completed in the last year`}
        width={weeks * STEP}
        height={TOP + 7 * STEP}
        className="text-faint"
      >
        {monthLabels(days, first).map(({ week, label }) => (
          <text key={`${label}${week}`} x={week * STEP} y={10} fontSize="11" fill="currentColor">
            {label}
          </text>
        ))}
        {days.map(({ date, completed }) => (
          <rect key={date} {...place(date, first)} width={CELL} height={CELL} rx="3" className={shade(completed, goal)}>
            <title>{`${formatDay(date, "year")}: ${completed} completed`}</title>
          </rect>
        ))}
      </svg>
    </section>
  );
}

function place(date: string, first: string): { x: number; y: number } {
  const index = daysBetween(first, date);
  return { x: Math.floor(index / 7) * STEP, y: TOP + (index % 7) * STEP };
}

/** The goal is the yardstick: the darkest days reached it twice over. */
function shade(completed: number, goal: number): string {
  if (completed === 0) return SHADES[0] as string;
  const level = 1 + Math.floor((completed / Math.max(goal, 1)) * 2);
  return SHADES[Math.min(level, SHADES.length - 1)] as string;
}

/** A month is named where its first whole week begins; the first one only if it has room. */
function monthLabels(days: DailyStats[], first: string): { week: number; label: string }[] {
  const labels: { week: number; label: string }[] = [];
  for (const { date } of days) {
    if (!date.endsWith("-01")) continue;
    const week = Math.ceil(daysBetween(first, date) / 7);
    labels.push({ week, label: formatDay(date, "month") });
  }
  return labels;
}
