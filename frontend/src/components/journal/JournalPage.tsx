"use client";

import Link from "next/link";
import { PanelBoundary } from "../PanelBoundary";
import { Journal } from "./Journal";

export function JournalPage() {
  return (
    <div className="page">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1>Journal</h1>
        <Link href="/past" prefetch={false} className="btn btn-plain">
          See any day
        </Link>
      </div>
      <p className="mt-1 text-faint">What happened to your todos, who did it, and the way back.</p>
      <PanelBoundary title="The journal did not load">
        <Journal />
      </PanelBoundary>
    </div>
  );
}
