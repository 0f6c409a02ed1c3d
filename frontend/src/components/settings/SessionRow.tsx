import type { Session } from "@/lib/api/types";
import { browserName } from "@/lib/browser-name";
import { timeAgo } from "@/lib/time";

export function SessionRow({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const name = browserName(session.user_agent ?? "");
  return (
    <li className="flex items-center gap-4 border-line border-b py-3 first:pt-0 last:border-0 last:pb-0">
      <div className="min-w-0 flex-1">
        <p className="truncate">
          {name}
          {session.current && (
            <span className="ms-2 rounded-full bg-accent-soft px-2 py-0.5 text-accent text-xs">This one</span>
          )}
        </p>
        <p className="mt-0.5 truncate text-faint text-sm">
          {session.ip && `${session.ip} · `}last used {timeAgo(session.last_used_at)}
        </p>
      </div>
      {!session.current && (
        <button
          type="button"
          className="btn btn-plain"
          aria-label={`End session: ${name}`}
          disabled={busy}
          onClick={onEnd}
        >
          End
        </button>
      )}
    </li>
  );
}
