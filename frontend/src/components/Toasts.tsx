"use client";

import { dismiss, type Notice, notices } from "@/lib/notices";
import { useStore } from "@/lib/store";
import { Icon } from "./Icon";

const NONE: Notice[] = [];

/** The region is always there, so that screen readers hear what comes into it; it stands above the bar of a selection. */
export function Toasts() {
  const shown = useStore(notices, NONE);
  return (
    <section
      aria-label="Notifications"
      className="pointer-events-none fixed inset-x-0 bottom-20 z-40 flex flex-col items-center gap-2 px-4 in-[body:has([data-bulk-bar])]:bottom-44 md:bottom-6 md:in-[body:has([data-bulk-bar])]:bottom-22"
    >
      <div role="status" aria-live="polite" className="contents">
        {shown.map((notice) => (
          <Toast key={notice.id} notice={notice} />
        ))}
      </div>
    </section>
  );
}

function Toast({ notice }: { notice: Notice }) {
  return (
    <div
      className={`appear pointer-events-auto flex max-w-full items-center gap-1 rounded-xl border py-1 ps-4 pe-1 text-sm shadow-float ${
        notice.tone === "error" ? "border-danger/40 bg-surface text-danger" : "border-line bg-surface text-ink"
      }`}
    >
      <span className="min-w-0 py-1.5 [overflow-wrap:anywhere]">{notice.text}</span>
      {notice.actions.map((action) => (
        <button
          key={action.label}
          type="button"
          className="btn btn-quiet min-h-8 px-2.5 text-accent"
          onClick={() => {
            dismiss(notice.id);
            action.run();
          }}
        >
          {action.label}
        </button>
      ))}
      <button type="button" className="btn-icon" aria-label="Dismiss" onClick={() => dismiss(notice.id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
