import type { ApiToken } from "@/lib/api/types";
import { formatInstant, timeAgo } from "@/lib/time";

export function ApiTokenRow({ token, busy, onEnd }: { token: ApiToken; busy: boolean; onEnd: () => void }) {
  return (
    <li className="flex items-center gap-4 border-line border-b py-3 first:pt-0">
      <div className="min-w-0 flex-1">
        <p className="truncate">{token.name}</p>
        <p className="mt-0.5 text-faint text-sm">
          {token.scopes.join(", ")} · {expiry(token)} · {use(token)}
        </p>
      </div>
      <button
        type="button"
        className="btn btn-plain"
        aria-label={`Delete token: ${token.name}`}
        disabled={busy}
        onClick={onEnd}
      >
        Delete
      </button>
    </li>
  );
}

function expiry({ expires_at }: ApiToken): string {
  if (!expires_at) return "does not expire";
  return `${Date.parse(expires_at) < Date.now() ? "expired" : "expires"} ${formatInstant(expires_at)}`;
}

function use({ last_used_at }: ApiToken): string {
  return last_used_at ? `last used ${timeAgo(last_used_at)}` : "never used";
}
