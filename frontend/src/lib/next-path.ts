/** A path of this site on which a log-in goes on; whatever else a link says leads to the todos. */
export function safePath(next: string | null | undefined): string {
  if (!next?.startsWith("/") || !URL.canParse(next, location.origin)) return "/";
  const { origin, pathname, search, hash } = new URL(next, location.origin);
  // Without its dots `/a/..//b` begins with two slashes, which would name another host.
  return origin === location.origin && !pathname.startsWith("//") ? pathname + search + hash : "/";
}
