import type { Finding } from "../offline/findings";
import type { Outbox } from "../offline/outbox";
import type { Delta } from "../stats/pending";
import { createStore, type Store } from "../store";
import type { Write } from "./writes";

/** What one user has under way; made anew for each user who signs in. */
export interface Work {
  /** What the server has not answered yet, of all tabs and of before, in order. */
  writes: Store<Write[]>;
  /** Writes that met those of others, until a person has looked. */
  findings: Store<Finding[]>;
  /** Todos just completed stay where they are for a moment, so that a list does not jump under the pointer. */
  lingering: Store<ReadonlySet<string>>;
  deltas: Store<Delta[]>;
  /** The todo that the list is to open. */
  opened: Store<string | null>;
  held: {
    /** What this browser keeps; null where it keeps nothing. */
    database?: Promise<IDBDatabase | null>;
    outbox?: Outbox;
    /** Steps back and forth, one after the other: each begins where the one before has ended. */
    steps: Promise<unknown>;
  };
}

export function createWork(): Work {
  return {
    writes: createStore<Write[]>([]),
    findings: createStore<Finding[]>([]),
    lingering: createStore<ReadonlySet<string>>(new Set()),
    deltas: createStore<Delta[]>([]),
    opened: createStore<string | null>(null),
    held: { steps: Promise.resolve() },
  };
}

/** What writes, and keeps what there is for a time without network: loaded after the page. */
export const loadCommands = () => import("./commands");
