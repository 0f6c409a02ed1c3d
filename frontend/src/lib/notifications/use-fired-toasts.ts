import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useShow } from "@/components/shell/use-show";
import type { FiredReminder } from "../api/generated/types.gen";
import { useApp } from "../app";
import { useStore } from "../store";
import { useFired } from "./fired";
import { markSeen, seenUntil } from "./seen";

/** A toast for what fires from now on; what fired while the connection was away is read when it is back. */
export function useFiredToasts(): void {
  const { live, notices } = useApp();
  const { data } = useFired(useStore(live) === "live");
  const known = useRef<ReadonlySet<string> | null>(null);
  const router = useRouter();
  const show = useShow();

  useEffect(() => {
    // What fired before this browser was used is not new.
    if (seenUntil() === null) markSeen(new Date().toISOString());
  }, []);

  useEffect(() => {
    if (!data) return;
    const fresh = known.current ? data.filter(({ id }) => !known.current?.has(id)) : [];
    known.current = new Set(data.map(({ id }) => id));
    const [first, ...others] = fresh as [FiredReminder?, ...FiredReminder[]];
    if (!first) return;
    if (others.length > 0) {
      const actions = [{ label: "Show", run: () => router.push("/notifications") }];
      return notices.notify(`${fresh.length} reminders`, { actions });
    }
    notices.notify(`Reminder: ${first.title}`, {
      actions: [{ label: "Open", run: () => show(`todo=${first.todo_id}`) }],
    });
  }, [data, notices, router, show]);
}
