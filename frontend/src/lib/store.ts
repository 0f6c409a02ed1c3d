import { useSyncExternalStore } from "react";

/** A value outside React that components can read and follow. */
export interface Readable<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

export interface Store<T> extends Readable<T> {
  set(value: T | ((previous: T) => T)): void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      const changed = typeof next === "function" ? (next as (previous: T) => T)(value) : next;
      if (Object.is(changed, value)) return;
      value = changed;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** `server` is what the exported HTML is made with: the first render in the browser has to equal it. */
export function useStore<T>(store: Readable<T>, server: T = store.get()): T {
  return useSyncExternalStore(store.subscribe, store.get, () => server);
}
