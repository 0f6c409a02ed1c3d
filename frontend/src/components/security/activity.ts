import type { Activity } from "@/lib/api/generated/types.gen";

/** The words of the audit log, for the owner of the account. */
const TEXTS: Record<string, string> = {
  registered: "Account created",
  login: "Logged in",
  login_failed: "Wrong password",
  code_failed: "Wrong code",
  logout: "Session ended",
  logout_all: "Logged out everywhere",
  sessions_ended: "Sessions ended",
  refresh_reuse: "Session ended: its token was used twice",
  password_changed: "Password changed",
  password_reset: "Password set by a link",
  reset_link_made: "Link made that sets the password",
  email_verified: "Email verified",
  email_change_asked: "Change of email asked for",
  email_changed: "Email changed",
  second_factor_on: "Authenticator turned on",
  second_factor_off: "Authenticator turned off",
  passkey_added: "Passkey added",
  passkey_removed: "Passkey removed",
  identity_added: "Provider joined",
  identity_removed: "Provider removed",
  token_created: "API token created",
  token_ended: "API token deleted",
  invited: "Invitation made",
  promoted: "Made an administrator",
  demoted: "Is no administrator any more",
  disabled: "Account disabled",
  enabled: "Account enabled",
};

/** Who did it stands there where it was not the owner: "by the operator", or the number of an administrator. */
export function textOf({ event, detail }: Activity): string {
  const text = TEXTS[event] ?? event.replaceAll("_", " ");
  const said = detail.startsWith("by account ") ? "by an administrator" : detail;
  return said ? `${text} · ${said}` : text;
}
