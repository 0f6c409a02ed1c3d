import { createStore } from "./store";

/** What the app tells in passing: shown as a toast and read out by screen readers. */
export interface Notice {
  id: number;
  text: string;
  tone: "plain" | "error";
  actions: { label: string; run: () => void }[];
}

export const notices = createStore<Notice[]>([]);
let counter = 0;

const STAYS_MS = 6_000;
const KEPT = 3;

export function notify(text: string, options: Partial<Pick<Notice, "tone" | "actions">> = {}): void {
  counter += 1;
  const notice: Notice = { id: counter, text, tone: "plain", actions: [], ...options };
  notices.set((shown) => [...shown.filter((other) => other.tone === "error"), notice].slice(-KEPT));
  // An error that offers a choice waits for it.
  if (notice.tone === "plain" || notice.actions.length === 0) setTimeout(() => dismiss(notice.id), STAYS_MS);
}

export function dismiss(id: number): void {
  notices.set((shown) => shown.filter((notice) => notice.id !== id));
}
