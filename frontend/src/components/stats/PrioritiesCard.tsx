import type { Stats } from "@/lib/api/types";
import { PRIORITIES, PRIORITY_NAMES } from "@/lib/todos/views";
import { PRIORITY_TEXT } from "../todos/TodoMeta";
import { Breakdown } from "./Breakdown";
import { StatsCard } from "./StatsCard";
import { sharesTable } from "./tables";
import { HALF } from "./widths";

export function PrioritiesCard({ stats }: { stats: Stats }) {
  const shares = PRIORITIES.map((priority) => ({
    name: PRIORITY_NAMES[priority],
    tone: PRIORITY_TEXT[priority],
    ...(stats.by_priority[priority] ?? { total: 0, completed: 0 }),
  }));
  return (
    <StatsCard title="By priority" table={sharesTable(shares)} className={HALF}>
      <Breakdown shares={shares} label="By priority" />
    </StatsCard>
  );
}
