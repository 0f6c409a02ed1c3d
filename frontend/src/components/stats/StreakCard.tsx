import type { Stats } from "@/lib/api/types";
import { formatDay } from "@/lib/time";
import { Icon } from "../Icon";
import { StatsCard } from "./StatsCard";
import { THIRD } from "./widths";

export function StreakCard({ stats }: { stats: Stats }) {
  const { current, longest, last_active_date } = stats.streak;
  return (
    <StatsCard title="Streak" className={`sm:col-span-2 ${THIRD}`}>
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
