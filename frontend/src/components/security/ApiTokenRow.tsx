import type { ApiToken } from "@/lib/api/types";
import { formatInstant, timeAgo } from "@/lib/time";
import { Row } from "./Row";

export function ApiTokenRow({ token, busy, onEnd }: { token: ApiToken; busy: boolean; onEnd: () => void }) {
  return (
    <Row name={token.name} note={`${token.scopes.join(", ")} · ${expiry(token)} · ${use(token)}`}>
      <button
        type="button"
        className="btn btn-plain"
        aria-label={`Delete token: ${token.name}`}
        disabled={busy}
        onClick={onEnd}
      >
        Delete
      </button>
    </Row>
  );
}

function expiry({ expires_at }: ApiToken): string {
  if (!expires_at) return "does not expire";
  return `${Date.parse(expires_at) < Date.now() ? "expired" : "expires"} ${formatInstant(expires_at)}`;
}

function use({ last_used_at }: ApiToken): string {
  return last_used_at ? `last used ${timeAgo(last_used_at)}` : "never used";
}
