import { useFiredToasts } from "./use-fired-toasts";
import { useWantedTodo } from "./use-wanted-todo";
import { useWorkerMessages } from "./use-worker-messages";

/** Says what fires while the app is open, and goes where notifications lead. */
export function Notifier() {
  useFiredToasts();
  useWorkerMessages();
  useWantedTodo();
  return null;
}
