import { useEffect, useState } from "react";
import { useApp } from "@/lib/app";
import type { StreamState } from "@/lib/live/stream";
import { useStore } from "@/lib/store";
import { useSaving } from "@/lib/todos/context";

const LABELS: Record<StreamState, string> = {
  live: "Live",
  connecting: "Connecting…",
  waiting: "Reconnecting…",
  offline: "Offline",
};

/** A break that is over sooner is not shown. */
const PATIENCE_MS = 2_000;

export function LiveIndicator({ className = "" }: { className?: string }) {
  const state = useSettled(useStore(useApp().live, "connecting" as StreamState));
  const waiting = useSaving().size;
  const unsent = state !== "live" && waiting > 0 ? ` · ${waiting} to send` : "";
  return (
    <p role="status" className={`flex items-center gap-2 text-faint text-xs ${className}`} data-live={state}>
      <span className={`size-2 rounded-full ${state === "live" ? "bg-good-fill" : "bg-high"}`} />
      {LABELS[state] + unsent}
    </p>
  );
}

function useSettled(state: StreamState): StreamState {
  const [settled, setSettled] = useState(state);
  useEffect(() => {
    if (state === "live" || state === "offline") return setSettled(state);
    const timer = setTimeout(() => setSettled(state), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return settled;
}
