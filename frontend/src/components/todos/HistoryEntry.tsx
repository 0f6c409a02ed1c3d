import type { Change } from "@/lib/api/types";
import { formatInstant, timeAgo } from "@/lib/time";
import { sayChange } from "@/lib/todos/versions";

/** A version; `onBack` is there where the todo is another one by now. */
export function HistoryEntry({ change, onBack }: { change: Change; onBack?: () => void }) {
  const { occurred_at } = change;
  return (
    <li className="flex min-h-8 flex-wrap items-center gap-x-3">
      <span className="min-w-0 flex-1 text-soft [overflow-wrap:anywhere]">{sayChange(change)}</span>
      <time dateTime={occurred_at} title={formatInstant(occurred_at)} className="text-faint">
        {timeAgo(occurred_at)}
      </time>
      {onBack && (
        <button
          type="button"
          className="btn btn-quiet min-h-7 px-2 text-accent text-xs"
          aria-label={`Back to this: ${sayChange(change)}, ${formatInstant(occurred_at)}`}
          onClick={onBack}
        >
          Back to this
        </button>
      )}
    </li>
  );
}
