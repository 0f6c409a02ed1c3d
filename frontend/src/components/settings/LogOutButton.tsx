import { useState } from "react";
import { describe } from "@/lib/api/errors";
import { notificationCalls } from "@/lib/api/notifications";
import { useApp, useCalls } from "@/lib/app";
import { turnOff } from "@/lib/notifications/push";
import { useStore } from "@/lib/store";
import { useWork } from "@/lib/todos/context";
import { Icon } from "../Icon";

export function LogOutButton({ everywhere = false }: { everywhere?: boolean }) {
  const calls = useCalls(notificationCalls);
  const { session, notices, questions } = useApp();
  const unsent = useStore(useWork().writes).length;
  const [busy, setBusy] = useState(false);

  async function logOut(): Promise<void> {
    const question = {
      title: "Log out and lose what is not sent?",
      text: `${unsent === 1 ? "One change has" : `${unsent} changes have`} not reached the server. Logging out erases all that this browser keeps.`,
      action: "Log out",
    };
    if (unsent > 0 && !(await questions.confirm(question))) return;
    setBusy(true);
    try {
      // Whoever uses this browser next is not to read what is pushed to this user.
      await turnOff(calls).catch(() => undefined);
      await session.logOut(everywhere);
    } catch (error) {
      notices.notify(describe(error), { tone: "error" });
      setBusy(false);
    }
  }

  return (
    <button type="button" className="btn btn-plain" disabled={busy} onClick={() => void logOut()}>
      {!everywhere && <Icon name="logout" className="size-4" />}
      {everywhere ? "Log out everywhere" : "Log out"}
    </button>
  );
}
