import { lazy, Suspense, useState } from "react";
import { useStore } from "@/lib/store";
import { useWork } from "@/lib/todos/context";

const FindingsDialog = lazy(() => import("./FindingsDialog"));

/** Says that writes met those of others, or were refused, until somebody has looked. */
export default function Findings() {
  const findings = useStore(useWork().findings);
  const [open, setOpen] = useState(false);
  if (findings.length === 0) return null;
  const count = findings.length === 1 ? "A change" : `${findings.length} changes`;
  return (
    <aside aria-label="Changes that met others" className="away-card appear flex items-center justify-between gap-3">
      <p className="text-sm">{count} of yours met what was changed elsewhere.</p>
      <button type="button" className="btn btn-plain" onClick={() => setOpen(true)}>
        Look
      </button>
      <Suspense>{open && <FindingsDialog onClose={() => setOpen(false)} />}</Suspense>
    </aside>
  );
}
