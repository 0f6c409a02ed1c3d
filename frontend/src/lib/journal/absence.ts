const SEEN = "todobus.seen";
const LONG_MS = 86_400_000;
const NOTE_MS = 60_000;

/** Since when this browser was away, where that is a day or more; from now on it is here. */
export function endAbsence(now = Date.now()): string | null {
  const seen = Number(localStorage.getItem(SEEN));
  localStorage.setItem(SEEN, String(now));
  return seen > 0 && now - seen >= LONG_MS ? new Date(seen).toISOString() : null;
}

/** Notes that somebody is here while the page is in sight. Returns what ends that. */
export function notePresence(): () => void {
  const timer = setInterval(() => {
    if (document.visibilityState === "visible") localStorage.setItem(SEEN, String(Date.now()));
  }, NOTE_MS);
  return () => clearInterval(timer);
}
