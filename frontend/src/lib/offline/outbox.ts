import { ApiError, isPassing } from "../api/errors";
import { withLock } from "../locks";
import type { Store } from "../store";
import type { Write } from "../todos/writes";
import type { Shelf } from "./shelf";

/** What came of a write: the number that it reached, or why it was refused. */
export type Outcome = { key: string; sequence: number } | { key: string; error: unknown };

export interface Outbox {
  /** Resolves to the sequence that the write has reached; rejects where it was refused. */
  add(write: Write): Promise<number>;
  stop(): void;
}

interface OutboxOptions {
  userId: string;
  shelf: Promise<Shelf>;
  /** All that wait, of every tab: what the list shows on top of the server's state. */
  waiting: Store<Write[]>;
  /** Sends the first one or some of these, `waited` if it was tried before or another page has made it; throws what may pass. */
  send: (writes: Write[], waited: boolean) => Promise<Outcome[]>;
  /** A write that no page waits for any more was refused. */
  onRefused: (write: Write, error: unknown) => void;
}

type Message = "added" | "sent";

const LONGEST_WAIT_MS = 30_000;
/** The events of what another tab has sent arrive within this time. */
const EVENTS_MS = 300;

/**
 * The one way by which writes reach the server: kept first, sent in order, one tab at a time (a lock), and dropped when
 * the server has answered. Whatever ends in between, a tab, the browser or the network, they are sent again, and done once.
 */
export function createOutbox({ userId, shelf, waiting, send, onRefused }: OutboxOptions): Outbox {
  const name = `todobus-outbox-${userId}`;
  const channel = new BroadcastChannel(name);
  const answers = new Map<string, { resolve: (sequence: number) => void; reject: (error: unknown) => void }>();
  /** Of this tab, not on the shelf yet. */
  let coming: Write[] = [];
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = false;
  let again = false;
  let stopped = false;

  async function refresh(): Promise<Write[]> {
    const kept = await (await shelf).all();
    const keys = new Set(kept.map(({ key }) => key));
    const all = [...kept, ...coming.filter(({ key }) => !keys.has(key))];
    waiting.set((known) => (sameKeys(known, all) ? known : all));
    return kept;
  }

  async function add(write: Write): Promise<number> {
    const answer = new Promise<number>((resolve, reject) => answers.set(write.key, { resolve, reject }));
    coming = [...coming, write];
    waiting.set((known) => [...known, write]);
    try {
      await (await shelf).put(write);
    } finally {
      coming = coming.filter((each) => each !== write);
    }
    channel.postMessage("added" satisfies Message);
    flush();
    return answer;
  }

  function flush(): void {
    again = true;
    if (!sending) void run();
  }

  async function run(): Promise<void> {
    clearTimeout(timer);
    sending = true;
    try {
      while (again && !stopped) {
        again = false;
        await withLock(name, drain);
      }
      failures = 0;
    } catch (error) {
      failures += 1;
      const wait = error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 500 * 2 ** failures;
      timer = setTimeout(flush, Math.min(wait, LONGEST_WAIT_MS));
    }
    sending = false;
  }

  async function drain(): Promise<void> {
    for (let kept = await refresh(); kept.length > 0 && !stopped; kept = await refresh()) {
      const isMine = answers.has(kept[0]?.key ?? "");
      const outcomes = await send(kept, failures > 0 || !isMine);
      await (await shelf).drop(outcomes.map(({ key }) => key));
      for (const outcome of outcomes) settle(kept, outcome);
      channel.postMessage("sent" satisfies Message);
    }
  }

  function settle(kept: Write[], outcome: Outcome): void {
    const answer = answers.get(outcome.key);
    answers.delete(outcome.key);
    if ("sequence" in outcome) return answer?.resolve(outcome.sequence);
    const write = kept.find(({ key }) => key === outcome.key);
    if (answer) answer.reject(outcome.error);
    else if (write) onRefused(write, outcome.error);
  }

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data === "added") void refresh();
    else setTimeout(() => void refresh(), EVENTS_MS);
  };
  window.addEventListener("online", flush);
  flush();

  return {
    add,
    stop() {
      stopped = true;
      clearTimeout(timer);
      window.removeEventListener("online", flush);
      channel.close();
    },
  };
}

function sameKeys(some: readonly Write[], others: readonly Write[]): boolean {
  return some.length === others.length && some.every(({ key }, index) => key === others[index]?.key);
}

/** Whether the same write may be taken later: then it waits. */
export function mayPass(error: unknown): boolean {
  return isPassing(error) || (error instanceof ApiError && error.status === 401);
}
