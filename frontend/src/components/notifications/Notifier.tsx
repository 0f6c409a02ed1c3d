import { useEffect } from "react";
import { notificationCalls } from "@/lib/api/notifications";
import { useCalls } from "@/lib/app";
import { keepOn } from "@/lib/notifications/push";
import { useFiredToasts } from "./use-fired-toasts";
import { useWantedTodo } from "./use-wanted-todo";
import { useWorkerMessages } from "./use-worker-messages";

/** Says what fires while the app is open, and goes where notifications lead. */
export function Notifier() {
  const calls = useCalls(notificationCalls);
  useEffect(() => void keepOn(calls).catch(() => undefined), [calls]);
  useFiredToasts();
  useWorkerMessages();
  useWantedTodo();
  return null;
}
