import type { Stats } from "@/lib/api/types";
import { timeAgo } from "@/lib/time";
import { WHOLE_ROW } from "./widths";

export function StatsFootnote({ stats, paused }: { stats: Stats; paused: boolean }) {
  return (
    <p className={`text-faint text-xs ${WHOLE_ROW}`}>
      Days are counted in {stats.time_zone.replaceAll("_", " ")}. As of change {stats.as_of_sequence},{" "}
      {timeAgo(stats.as_of)}
      {(paused || stats.stale) && <span className="text-warn"> · catching up</span>}
    </p>
  );
}
