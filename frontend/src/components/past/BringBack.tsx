import { useState } from "react";
import type { Moment } from "@/lib/past/use-past";
import { BringBackDialog } from "./BringBackDialog";

interface BringBackProps {
  as_of: Moment;
  at: number;
  disabled: boolean;
}

export function BringBack({ as_of, at, disabled }: BringBackProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <p className="text-faint text-sm">The arrow keys go on by a step.</p>
      <button type="button" className="btn btn-plain" disabled={disabled} onClick={() => setOpen(true)}>
        Bring this back
      </button>
      {open && <BringBackDialog as_of={as_of} at={at} onClose={() => setOpen(false)} />}
    </div>
  );
}
