"use client";

import { lazy, Suspense } from "react";
import { PanelBoundary } from "../PanelBoundary";

const AdminSections = lazy(() => import("./AdminSections"));

export function AdminPage() {
  return (
    <div className="page max-w-2xl">
      <h1>Administration</h1>
      <div className="mt-6 flex flex-col gap-4">
        <PanelBoundary title="This page did not load">
          <Suspense fallback={<div className="skeleton late h-screen" />}>
            <AdminSections />
          </Suspense>
        </PanelBoundary>
      </div>
    </div>
  );
}
