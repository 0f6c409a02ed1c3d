import type { ImportReport } from "@/lib/api/types";
import { summary } from "./import-summary";

interface ImportPreviewProps {
  name: string;
  report: ImportReport;
  busy: boolean;
  onImport: () => void;
  onCancel: () => void;
}

export function ImportPreview({ name, report, busy, onImport, onCancel }: ImportPreviewProps) {
  return (
    <div role="status" className="appear mt-4 rounded-xl bg-hover p-4 text-sm">
      <p className="font-medium">{name}</p>
      <p className="mt-1 text-soft">{summary(report)}</p>
      <div className="mt-3 flex gap-2">
        <button type="button" className="btn btn-primary" disabled={busy} onClick={onImport}>
          Import
        </button>
        <button type="button" className="btn btn-quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </div>
  );
}
