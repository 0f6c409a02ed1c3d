import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useApp } from "@/lib/app";
import { useFired } from "@/lib/notifications/fired";
import { markSeen, seenUntil } from "@/lib/notifications/seen";
import { useStore } from "@/lib/store";
import { useShow } from "../shell/use-show";

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
    const [first] = fresh;
    if (!first) return;
    if (fresh.length > 1) {
      const actions = [{ label: "Show", run: () => router.push("/notifications") }];
      return notices.notify(`${fresh.length} reminders`, { actions });
    }
    notices.notify(`Reminder: ${first.title}`, {
      actions: [{ label: "Open", run: () => show(`todo=${first.todo_id}`) }],
    });
  }, [data, notices, router, show]);
}
