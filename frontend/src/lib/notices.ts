import { createStore, type Readable } from "./store";

/** A short message about what has happened: shown as a toast and read out by screen readers. */
export interface Notice {
  id: number;
  text: string;
  tone: "plain" | "error";
  actions: { label: string; run: () => void }[];
}

export interface Notices extends Readable<Notice[]> {
  notify(text: string, options?: Partial<Pick<Notice, "tone" | "actions">>): void;
  dismiss(id: number): void;
  clear(): void;
}

const SHOWN_MS = 6_000;
const MOST = 3;

export function createNotices(): Notices {
  const notices = createStore<Notice[]>([]);
  let counter = 0;

  function dismiss(id: number): void {
    notices.set((shown) => shown.filter((notice) => notice.id !== id));
  }

  function notify(text: string, options: Partial<Pick<Notice, "tone" | "actions">> = {}): void {
    counter += 1;
    const notice: Notice = { id: counter, text, tone: "plain", actions: [], ...options };
    notices.set((shown) => [...shown.filter((other) => other.tone === "error"), notice].slice(-MOST));
    // An error that offers a choice stays until it is made.
    if (notice.tone === "plain" || notice.actions.length === 0) setTimeout(() => dismiss(notice.id), SHOWN_MS);
  }

  return { get: notices.get, subscribe: notices.subscribe, notify, dismiss, clear: () => notices.set([]) };
}
