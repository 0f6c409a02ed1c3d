"use client";

import { lazy, Suspense } from "react";
import { PanelBoundary } from "../PanelBoundary";

const SecuritySections = lazy(() => import("./SecuritySections"));

export function SecurityPage() {
  return (
    <PanelBoundary title="This page did not load">
      <Suspense fallback={<div className="skeleton late h-screen" />}>
        <SecuritySections />
      </Suspense>
    </PanelBoundary>
  );
}
