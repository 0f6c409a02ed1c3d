import type { Account } from "@/lib/api/generated/types.gen";
import { formatDay, timeAgo } from "@/lib/time";
import { useUser } from "@/lib/todos/context";
import { Badge } from "../security/Badge";
import { Row } from "../security/Row";
import { AccountActions } from "./AccountActions";

export function AccountRow({ account }: { account: Account }) {
  const user = useUser();
  const own = account.id === user.id;
  const { email, display_name, created_at, last_used_at } = account;
  const used = last_used_at ? `last used ${timeAgo(last_used_at)}` : "no session";
  const name = (
    <>
      {email}
      {own && <Badge>You</Badge>}
      {account.administrator && <Badge>Administrator</Badge>}
      {account.disabled && <Badge>Disabled</Badge>}
      {!account.email_verified && <Badge>Not verified</Badge>}
    </>
  );
  return (
    <Row name={name} note={`${display_name} · since ${formatDay(created_at.slice(0, 10), "year")} · ${used}`}>
      {!own && <AccountActions account={account} />}
    </Row>
  );
}
