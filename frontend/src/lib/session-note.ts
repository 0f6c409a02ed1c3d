/**
 * Whether this browser may have a session: a note beside the refresh cookie, which no script can see. Without it a
 * visitor's first page would ask for a renewal that cannot succeed. It holds no personal data and grants nothing.
 */
const NAME = "todobus_session";
const IDLE_SECONDS = 7 * 86_400;

export function mayHaveSession(): boolean {
  return document.cookie.split("; ").includes(`${NAME}=1`);
}

export function noteSession(there: boolean): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser, and not synchronous
  document.cookie = `${NAME}=1; Path=/; SameSite=Strict; Max-Age=${there ? IDLE_SECONDS : 0}`;
}
