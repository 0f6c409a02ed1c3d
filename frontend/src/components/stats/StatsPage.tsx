"use client";

import { PanelBoundary } from "../PanelBoundary";
import { StatsContent } from "./StatsContent";

export function StatsPage() {
  return (
    <div className="page max-w-4xl">
      <h1>Stats</h1>
      <PanelBoundary title="Statistics did not load">
        <StatsContent />
      </PanelBoundary>
    </div>
  );
}
