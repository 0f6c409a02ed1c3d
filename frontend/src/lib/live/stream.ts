import { createParser } from "eventsource-parser";
import { ApiError } from "../api/errors";

export interface StreamEvent {
  type: string;
  data: string;
}

export type StreamState = "connecting" | "live" | "waiting" | "offline";

interface StreamOptions {
  open: (signal: AbortSignal) => Promise<Response>;
  onEvent: (event: StreamEvent) => void;
  onState: (state: StreamState) => void;
  /** The stream could not be opened several times in a row: changes are to be requested in another way. */
  onTrouble: () => Promise<void>;
  /** The server no longer has what came after `since`. */
  onTooOld: () => Promise<void>;
  signal: AbortSignal;
}

/** The server pings every 15 s; a connection silent for this long is dead, whatever the network says. */
const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 20_000;

/** Keeps one connection open until `signal` aborts. */
export async function runStream(options: StreamOptions): Promise<void> {
  let failures = 0;
  while (!options.signal.aborted) {
    options.onState(navigator.onLine ? "connecting" : "offline");
    try {
      await readOnce(options, () => {
        failures = 0;
        options.onState("live");
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 410) await options.onTooOld();
      if (error instanceof ApiError && error.status === 401) return;
    }
    if (options.signal.aborted) return;
    failures += 1;
    options.onState(navigator.onLine ? "waiting" : "offline");
    if (failures > 2 && navigator.onLine) await options.onTrouble().catch(() => undefined);
    await pause(backoff(failures), options.signal);
  }
}

/** Full jitter, so that the clients of a restarted gateway do not all return at once. */
export function backoff(failures: number, random = Math.random()): number {
  return 200 + random * Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(failures, 10));
}

async function readOnce(options: StreamOptions, onOpen: () => void): Promise<void> {
  const connection = new AbortController();
  const stop = () => connection.abort();
  options.signal.addEventListener("abort", stop, { once: true });
  window.addEventListener("offline", stop);
  let watchdog = setTimeout(stop, SILENCE_MS);
  try {
    const response = await options.open(connection.signal);
    onOpen();
    const parser = createParser({
      onEvent: ({ event = "message", data }) => options.onEvent({ type: event, data }),
    });
    for await (const text of textOf(response)) {
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, SILENCE_MS);
      parser.feed(text);
    }
  } finally {
    clearTimeout(watchdog);
    connection.abort();
    options.signal.removeEventListener("abort", stop);
    window.removeEventListener("offline", stop);
  }
}

async function* textOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Waits, but not longer than until the network is back or the page is shown again. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      document.removeEventListener("visibilitychange", done);
      signal.removeEventListener("abort", done);
      resolve();
    }
    window.addEventListener("online", done);
    document.addEventListener("visibilitychange", done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
