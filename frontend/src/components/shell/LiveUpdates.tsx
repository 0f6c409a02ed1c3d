import { useEffect } from "react";
import { useApp } from "@/lib/app";
import { startLive } from "@/lib/live/live";

/** Keeps the todos up to date while it is mounted. */
export function LiveUpdates({ userId }: { userId: string }) {
  const app = useApp();
  useEffect(() => startLive(app, userId), [app, userId]);
  return null;
}
