import type { Stats } from "@/lib/api/types";
import { Breakdown } from "./Breakdown";
import { StatsCard } from "./StatsCard";
import { sharesTable } from "./tables";
import { WHOLE_ROW } from "./widths";

const MOST = 20;

export function TagsCard({ stats }: { stats: Stats }) {
  const shares = stats.by_tag.map(({ tag, ...counts }) => ({ name: tag, ...counts }));
  if (shares.length === 0) return null;
  return (
    <StatsCard title="By tag" table={sharesTable(shares)} className={WHOLE_ROW}>
      <div className="gap-x-10 sm:columns-2 [&_li]:break-inside-avoid">
        <Breakdown shares={shares.slice(0, MOST)} label="By tag" />
      </div>
    </StatsCard>
  );
}
