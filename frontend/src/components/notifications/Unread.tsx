import { useFired } from "@/lib/notifications/fired";
import { useSeenUntil } from "@/lib/notifications/seen";

/** How many reminders have fired that this browser has not shown yet. */
export default function Unread() {
  const { data } = useFired();
  const seen = useSeenUntil();
  const count = seen === null ? 0 : (data?.filter(({ fired_at }) => fired_at > seen).length ?? 0);
  if (count === 0) return null;
  return (
    <span className="unread">
      {count}
      <span className="sr-only"> new</span>
    </span>
  );
}
