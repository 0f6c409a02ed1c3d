import { useState } from "react";
import { accountCalls } from "@/lib/api/account";
import { describe } from "@/lib/api/errors";
import { useApp, useCalls } from "@/lib/app";
import { save } from "@/lib/save";

export function ExportButton({ format }: { format: "json" | "csv" }) {
  const account = useCalls(accountCalls);
  const { notices } = useApp();
  const [busy, setBusy] = useState(false);

  async function download(): Promise<void> {
    setBusy(true);
    try {
      const response = await account.exportTodos(format);
      save(await response.blob(), `todos-${new Date().toISOString().slice(0, 10)}.${format}`);
    } catch (error) {
      notices.notify(describe(error), { tone: "error" });
    }
    setBusy(false);
  }

  return (
    <button type="button" className="btn btn-plain" disabled={busy} onClick={() => void download()}>
      {busy ? "Exporting…" : `Export ${format.toUpperCase()}`}
    </button>
  );
}
