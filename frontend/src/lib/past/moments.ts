const HOUR_MS = 3_600_000;
const HOURS = 24;

/** Where one can go: the last day by the hour, what is before it by the day; the newest last. */
export function momentsSince(created: number, now: number): number[] {
  const hours = Array.from({ length: HOURS }, (_, index) => now - index * HOUR_MS);
  const days = Math.floor((now - created) / (HOURS * HOUR_MS));
  const before = Array.from({ length: days }, (_, index) => now - (index + 1) * HOURS * HOUR_MS);
  return [...hours, ...before].filter((moment) => moment >= created || moment === now).reverse();
}
