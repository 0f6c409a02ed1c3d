import type { QueryClient } from "@tanstack/react-query";
import type { Stats } from "../api/types";
import type { App } from "../app";
import { whileLeading } from "../locks";
import { FIRED } from "../notifications/fired";
import { acceptStats } from "../stats/queries";
import { type Cached, collectionOf, mutate, TODOS } from "../todos/cache";
import { type AnyChange, applyChanges, type Collection } from "../todos/collection";
import { FILTERS } from "../todos/filters";
import { runStream, type StreamEvent, type StreamState } from "./stream";

type Message =
  | { kind: "event"; userId: string; event: StreamEvent }
  | { kind: "state"; userId: string; state: StreamState }
  | { kind: "hello"; userId: string };

/**
 * Live updates. One tab of the browser, the leader, holds the connection and passes on what arrives; every tab applies
 * it to its own collection, by sequence. When the leader closes, another takes over from the last number it has seen.
 * Returns what stops them.
 */
export function startLive({ api, client, session, live }: App, userId: string): () => void {
  const stop = new AbortController();
  const channel = new BroadcastChannel("todobus-live");
  const inbox = createInbox({ api, client }, () => session.end("ended"), stop.signal);
  let leading = false;

  function setState(state: StreamState): void {
    live.set(state);
    if (leading) channel.postMessage({ kind: "state", userId, state } satisfies Message);
  }

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.userId !== userId) return;
    if (data.kind === "event") inbox.take(data.event);
    else if (data.kind === "state") live.set(data.state);
    else if (leading) setState(live.get());
  };
  channel.postMessage({ kind: "hello", userId } satisfies Message);

  void whileLeading("todobus-live", stop.signal, async () => {
    leading = true;
    await inbox.ready;
    await runStream({
      open: (signal) => api.openStream(collectionOf(client).sequence, signal),
      onEvent: (event) => {
        channel.postMessage({ kind: "event", userId, event } satisfies Message);
        inbox.take(event);
      },
      onState: setState,
      onTrouble: () => catchUp({ api, client }, stop.signal),
      onTooOld: () => client.refetchQueries({ queryKey: TODOS }),
      signal: stop.signal,
    });
  });

  return () => {
    stop.abort();
    channel.close();
  };
}

interface Inbox {
  take(event: StreamEvent): void;
  /** Resolves when the first page of todos is there: before that there is no sequence to go on from. */
  ready: Promise<void>;
}

/** Applies what has arrived once per frame: a thousand changes after a pause are one render. */
function createInbox(remote: Cached, onRevoked: () => void, signal: AbortSignal): Inbox {
  const { client } = remote;
  let waiting: AnyChange[] = [];
  let scheduled = false;
  let highest = 0;

  async function flush(): Promise<void> {
    scheduled = false;
    if (signal.aborted || !client.getQueryData<Collection>(TODOS)) return;
    const changes = waiting.filter((change) => change.sequence > collectionOf(client).sequence);
    waiting = [];
    if (isContinuous(collectionOf(client).sequence, changes, highest)) {
      return apply(client, changes);
    }
    await catchUp(remote, signal);
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    // Not requestAnimationFrame: that sleeps in a background tab.
    setTimeout(() => void flush().catch(() => undefined), 16);
  }

  function take(event: StreamEvent): void {
    if (event.type === "revoked") return onRevoked();
    if (event.type.startsWith("reminder.")) return void client.invalidateQueries({ queryKey: FIRED });
    const body = JSON.parse(event.data);
    if (event.type === "stats.updated") return acceptStats(client, (body.data ?? body) as Stats);
    if (!body.data?.todo && !body.feedid) return;
    waiting.push(body.data as AnyChange);
    highest = Math.max(highest, body.data.sequence);
    schedule();
  }

  const ready = untilLoaded(client, signal);
  void ready.then(schedule);
  return { take, ready };
}

/** Saved filters are few, and read again when one changes. */
function apply(client: QueryClient, changes: readonly AnyChange[]): void {
  mutate(client, (collection) => applyChanges(collection, changes));
  if (changes.some(({ type }) => type.startsWith("filter."))) void client.invalidateQueries({ queryKey: FILTERS });
}

function isContinuous(from: number, changes: readonly AnyChange[], highest: number): boolean {
  const numbers = [...new Set(changes.map((change) => change.sequence))].sort((a, b) => a - b);
  return numbers.every((number, index) => number === from + index + 1) && from + numbers.length >= highest;
}

/** Reads what was missed from the change log. */
async function catchUp({ api, client }: Cached, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { data } = await api.getChanges(collectionOf(client).sequence, signal);
    apply(client, data.changes);
    if (!data.has_more) return;
  }
}

function untilLoaded(client: QueryClient, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const loaded = () => client.getQueryData<Collection>(TODOS) !== undefined;
    if (loaded()) return resolve();
    const unsubscribe = client.getQueryCache().subscribe(() => {
      if (!loaded()) return;
      unsubscribe();
      resolve();
    });
    signal.addEventListener("abort", () => unsubscribe(), { once: true });
  });
}
