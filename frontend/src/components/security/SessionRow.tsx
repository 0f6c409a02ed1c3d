import type { Session } from "@/lib/api/types";
import { browserName } from "@/lib/browser-name";
import { timeAgo } from "@/lib/time";
import { Badge } from "./Badge";
import { Row } from "./Row";

export function SessionRow({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const name = browserName(session.user_agent ?? "");
  const note = `${session.ip && `${session.ip} · `}last used ${timeAgo(session.last_used_at)}`;
  return (
    <Row name={session.current ? [name, <Badge key="current">This one</Badge>] : name} note={note}>
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
    </Row>
  );
}
