import type { Passkey } from "@/lib/api/generated/types.gen";
import { formatDay, timeAgo } from "@/lib/time";
import { Row } from "./Row";

interface PasskeyRowProps {
  passkey: Passkey;
  busy: boolean;
  onRename: () => void;
  onRemove: () => void;
}

export function PasskeyRow({ passkey, busy, onRename, onRemove }: PasskeyRowProps) {
  const { name, created_at, last_used_at } = passkey;
  const used = last_used_at ? `last used ${timeAgo(last_used_at)}` : "never used";
  return (
    <Row name={name} note={`Added ${formatDay(created_at.slice(0, 10), "year")} · ${used}`}>
      <div className="flex gap-2">
        <button type="button" className="btn btn-quiet" aria-label={`Rename passkey: ${name}`} onClick={onRename}>
          Rename
        </button>
        <button
          type="button"
          className="btn btn-plain"
          aria-label={`Remove passkey: ${name}`}
          disabled={busy}
          onClick={onRemove}
        >
          Remove
        </button>
      </div>
    </Row>
  );
}
