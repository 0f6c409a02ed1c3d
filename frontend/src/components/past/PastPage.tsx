"use client";

import { PanelBoundary } from "../PanelBoundary";
import { PastContent } from "./PastContent";

export function PastPage() {
  return (
    <div className="page">
      <h1>Any day</h1>
      <p className="mt-1 text-faint">Your todos and statistics as they were. Nothing can be changed here.</p>
      <PanelBoundary title="That day did not load">
        <PastContent />
      </PanelBoundary>
    </div>
  );
}
