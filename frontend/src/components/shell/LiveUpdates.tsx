import { useEffect } from "react";
import { type App, useApp } from "@/lib/app";

const AGAIN_MS = 5_000;

/** Keeps the todos up to date while it is mounted. */
export function LiveUpdates({ userId }: { userId: string }) {
  const app = useApp();
  useEffect(() => startLater(app, userId), [app, userId]);
  return null;
}

/** What follows the stream is loaded after the page, and again where that failed. Returns what stops it. */
function startLater(app: App, userId: string): () => void {
  let stop: (() => void) | undefined;
  let stopped = false;
  async function start(): Promise<void> {
    try {
      const { startLive } = await import("@/lib/live/live");
      if (!stopped) stop = startLive(app, userId);
    } catch {
      if (!stopped) setTimeout(start, AGAIN_MS);
    }
  }
  void start();
  return () => {
    stopped = true;
    stop?.();
  };
}
