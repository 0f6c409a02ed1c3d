import type { ReactNode } from "react";

/** The last row of a dialog: a way out, and beside it what the dialog is for. */
export function ModalActions({ onCancel, children }: { onCancel: () => void; children: ReactNode }) {
  return (
    <div className="mt-6 flex flex-wrap justify-end gap-2">
      <button type="button" className="btn btn-plain" onClick={onCancel}>
        Cancel
      </button>
      {children}
    </div>
  );
}
