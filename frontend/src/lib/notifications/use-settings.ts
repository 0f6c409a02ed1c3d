import { useQuery } from "@tanstack/react-query";
import { notificationCalls } from "../api/notifications";
import { useCalls } from "../app";

export const NOTIFICATION_SETTINGS = ["notification-settings"];
const FRESH_MS = 60_000;

/** What the user has set about reminders. */
export function useNotificationSettings() {
  const { getSettings } = useCalls(notificationCalls);
  return useQuery({
    queryKey: NOTIFICATION_SETTINGS,
    queryFn: async ({ signal }) => (await getSettings(signal)).data,
    staleTime: FRESH_MS,
  });
}
