import { useFiredToasts } from "@/lib/notifications/use-fired-toasts";
import { useWantedTodo } from "@/lib/notifications/use-wanted-todo";
import { useWorkerMessages } from "@/lib/notifications/use-worker-messages";

/** Says what fires while the app is open, and goes where notifications lead. */
export function Notifier() {
  useFiredToasts();
  useWorkerMessages();
  useWantedTodo();
  return null;
}
