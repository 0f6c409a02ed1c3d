import { useQuery } from "@tanstack/react-query";
import { notificationCalls } from "../api/notifications";
import { useCalls } from "../app";

export const FIRED = ["fired"];

/** The reminders that have fired, newest first. */
export function useFired(enabled = true) {
  const { getFired } = useCalls(notificationCalls);
  return useQuery({ queryKey: FIRED, queryFn: async ({ signal }) => (await getFired(signal)).data, enabled });
}
