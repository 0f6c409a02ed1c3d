import type { Delta } from "../stats/pending";
import { createStore, type Store } from "../store";

export const WRITES = ["write"] as const;

/** What one user has under way in this tab; made anew for each user who signs in. */
export interface Work {
  /** Steps back and forth, one after the other: each begins where the one before has ended. */
  steps: { last: Promise<unknown> };
  /** Todos just completed stay where they are for a moment, so that a list does not jump under the pointer. */
  lingering: Store<ReadonlySet<string>>;
  deltas: Store<Delta[]>;
  /** The todo that the list is to open. */
  opened: Store<string | null>;
}

export function createWork(): Work {
  return {
    steps: { last: Promise.resolve() },
    lingering: createStore<ReadonlySet<string>>(new Set()),
    deltas: createStore<Delta[]>([]),
    opened: createStore<string | null>(null),
  };
}
