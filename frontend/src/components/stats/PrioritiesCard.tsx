import type { Stats } from "@/lib/api/types";
import { PRIORITIES, PRIORITY_NAMES } from "@/lib/todos/views";
import { Breakdown } from "./Breakdown";
import { StatsCard } from "./StatsCard";
import { sharesTable } from "./tables";
import { HALF } from "./widths";

const TONES = {
  urgent: "text-urgent",
  high: "text-high",
  medium: "text-medium",
  low: "text-low",
  none: "text-faint",
} as const;

export function PrioritiesCard({ stats }: { stats: Stats }) {
  const shares = PRIORITIES.map((priority) => ({
    name: PRIORITY_NAMES[priority],
    tone: TONES[priority],
    ...(stats.by_priority[priority] ?? { total: 0, completed: 0 }),
  }));
  return (
    <StatsCard title="By priority" table={sharesTable(shares)} className={HALF}>
      <Breakdown shares={shares} label="By priority" />
    </StatsCard>
  );
}
