import { useNotificationSettings } from "@/lib/notifications/use-settings";
import { beforeTime } from "@/lib/todos/reminders";

/** What happens to a todo with a time of day that has no reminder of its own; nothing while that is not known. */
export function DefaultReminder() {
  const minutes = useNotificationSettings().data?.default_minutes_before;
  return (
    <p className="mt-1.5 min-h-5 text-faint text-sm">
      {minutes != null && `By your settings: ${beforeTime(minutes).toLowerCase()}`}
      {minutes === null && "No reminder, by your settings"}
    </p>
  );
}
