"use client";

import { useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, useState } from "react";
import * as api from "@/lib/api/endpoints";
import { describe } from "@/lib/api/errors";
import type { ImportReport } from "@/lib/api/types";
import { notify } from "@/lib/notices";
import { TODOS } from "@/lib/todos/send";
import { Section } from "./Section";

export function DataSection() {
  return (
    <Section title="Your data" note="What export writes, import takes.">
      <h3 className="label">Export</h3>
      <div className="flex flex-wrap gap-2">
        <ExportButton format="json" />
        <ExportButton format="csv" />
      </div>
      <Import />
    </Section>
  );
}

function ExportButton({ format }: { format: "json" | "csv" }) {
  const [busy, setBusy] = useState(false);

  async function download(): Promise<void> {
    setBusy(true);
    try {
      const response = await api.exportTodos(format);
      save(await response.blob(), `todos-${new Date().toISOString().slice(0, 10)}.${format}`);
    } catch (error) {
      notify(describe(error), { tone: "error" });
    }
    setBusy(false);
  }

  return (
    <button type="button" className="btn btn-plain" disabled={busy} onClick={() => void download()}>
      {busy ? "Exporting…" : `Export ${format.toUpperCase()}`}
    </button>
  );
}

/** A link cannot carry the token, so the file is fetched and handed over. */
function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

interface Preview {
  file: File;
  report: ImportReport;
}

/** A dry run first: nothing is written before the report has been seen. */
function Import() {
  const client = useQueryClient();
  const [preview, setPreview] = useState<Preview | null>(null);
  const [busy, setBusy] = useState(false);

  async function attempt(file: File, dryRun: boolean): Promise<void> {
    setBusy(true);
    try {
      const { data } = await api.importTodos(file, typeOf(file), dryRun);
      setPreview(dryRun ? { file, report: data } : null);
      if (!dryRun) notify(`Imported: ${summary(data)}`);
      if (!dryRun) void client.invalidateQueries({ queryKey: TODOS });
    } catch (error) {
      setPreview(null);
      notify(describe(error), { tone: "error" });
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
        className="block w-full text-faint text-sm file:me-3 file:min-h-9 file:cursor-pointer file:rounded-lg file:border file:border-line file:border-solid file:bg-surface file:px-3.5 file:font-medium file:text-ink file:text-sm hover:file:bg-hover"
      />
      {preview && (
        <div role="status" className="appear mt-4 rounded-xl bg-hover p-4 text-sm">
          <p className="font-medium">{preview.file.name}</p>
          <p className="mt-1 text-soft">{summary(preview.report)}</p>
          <div className="mt-3 flex gap-2">
            <button
              type="button"
              className="btn btn-primary"
              disabled={busy}
              onClick={() => void attempt(preview.file, false)}
            >
              Import
            </button>
            <button type="button" className="btn btn-quiet" onClick={() => setPreview(null)}>
              Cancel
            </button>
          </div>
        </div>
      )}
    </div>
  );
}

function typeOf(file: File): string {
  return file.name.toLowerCase().endsWith(".csv") ? "text/csv" : "application/json";
}

/** "12 created, 3 duplicate, 1 invalid (row 4: is blank)". */
export function summary({ created, duplicate, invalid, rows }: ImportReport): string {
  const counts = Object.entries({ created, duplicate, invalid }).filter(([, count]) => count > 0);
  const first = rows.find((row) => row.status === "invalid");
  const said = counts.map(([name, count]) => `${count} ${name}`).join(", ") || "nothing to import";
  return first ? `${said} (row ${first.row}: ${first.error})` : said;
}
