import { type ChangeEvent, useState } from "react";
import { accountCalls } from "@/lib/api/account";
import { describe } from "@/lib/api/errors";
import type { ImportReport } from "@/lib/api/types";
import { useApp, useCalls } from "@/lib/app";
import { TODOS } from "@/lib/todos/cache";
import { ImportPreview } from "./ImportPreview";
import { summary } from "./import-summary";

/** A dry run first: nothing is written before the user has seen the report. */
export function ImportForm() {
  const account = useCalls(accountCalls);
  const { client, notices } = useApp();
  const [preview, setPreview] = useState<{ file: File; report: ImportReport } | null>(null);
  const [busy, setBusy] = useState(false);

  async function attempt(file: File, dryRun: boolean): Promise<void> {
    setBusy(true);
    try {
      const { data } = await account.importTodos(file, typeOf(file), dryRun);
      setPreview(dryRun ? { file, report: data } : null);
      if (!dryRun) notices.notify(`Imported: ${summary(data)}`);
      if (!dryRun) void client.invalidateQueries({ queryKey: TODOS });
    } catch (error) {
      setPreview(null);
      notices.notify(describe(error), { tone: "error" });
    }
    setBusy(false);
  }

  function choose(event: ChangeEvent<HTMLInputElement>): void {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (file) void attempt(file, true);
  }

  return (
    <div className="mt-5">
      <label className="label" htmlFor="import-file">
        Import a JSON or CSV file
      </label>
      <input
        id="import-file"
        type="file"
        accept=".json,.csv,application/json,text/csv"
        disabled={busy}
        onChange={choose}
        className="file-field"
      />
      {preview && (
        <ImportPreview
          name={preview.file.name}
          report={preview.report}
          busy={busy}
          onImport={() => void attempt(preview.file, false)}
          onCancel={() => setPreview(null)}
        />
      )}
    </div>
  );
}

function typeOf(file: File): string {
  return file.name.toLowerCase().endsWith(".csv") ? "text/csv" : "application/json";
}
