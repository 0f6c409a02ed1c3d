import type { Write } from "../todos/writes";
import { readAll, transact } from "./database";

/** Where writes wait until the server has them, in the order in which they were made. */
export interface Shelf {
  all(): Promise<Write[]>;
  put(write: Write): Promise<void>;
  drop(keys: readonly string[]): Promise<void>;
}

/** A database that all tabs share, and that outlives them. */
export function lastingShelf(database: IDBDatabase): Shelf {
  const places = new Map<string, number>();
  return {
    async all() {
      const kept = await readAll<Write & { place: number }>(database, "writes");
      for (const { key, place } of kept) places.set(key, place);
      return kept.map(({ place: _, ...write }) => write);
    },
    put: (write) => transact(database, ["writes"], (store) => store("writes").add(write)),
    drop: (keys) =>
      transact(database, ["writes"], (store) => {
        for (const key of keys) store("writes").delete(places.get(key) ?? -1);
      }),
  };
}

/** For a browser that keeps nothing. */
export function passingShelf(): Shelf {
  let kept: Write[] = [];
  return {
    all: async () => kept,
    async put(write) {
      kept = [...kept, write];
    },
    async drop(keys) {
      kept = kept.filter(({ key }) => !keys.includes(key));
    },
  };
}
