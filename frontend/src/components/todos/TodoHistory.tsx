import { useState } from "react";
import { Icon } from "../Icon";
import { HistoryEntries } from "./HistoryEntries";

/** The changes of a todo, read when they are opened. */
export function TodoHistory({ id, onBack }: { id: string; onBack: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="mt-4 text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="inline-flex min-h-8 items-center gap-1.5 rounded-md text-faint hover:text-ink">
        <Icon name="clock" className="size-4" />
        History
      </summary>
      {open && <HistoryEntries id={id} onBack={onBack} />}
    </details>
  );
}
