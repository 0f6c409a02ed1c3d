import { useState } from "react";
import { describe } from "@/lib/api/errors";
import { useApp } from "@/lib/app";
import { Icon } from "../Icon";

export function LogOutButton({ everywhere = false }: { everywhere?: boolean }) {
  const { session, notices } = useApp();
  const [busy, setBusy] = useState(false);

  async function logOut(): Promise<void> {
    setBusy(true);
    try {
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
