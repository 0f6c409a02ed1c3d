/**
 * What this browser keeps of a user, in a database of the user's own. The shapes are kept by this number: a release that
 * changes one raises it, and changes what older releases have left where it is opened.
 */
const VERSION = 1;

export const STORES = ["writes", "findings", "todos", "projects", "facts"] as const;
export type StoreName = (typeof STORES)[number];

/** null where this browser keeps nothing. With `existing` none is made. */
export function openDatabase(userId: string, existing = false): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    if (!globalThis.indexedDB) return resolve(null);
    const request = indexedDB.open(nameFor(userId), VERSION);
    request.onupgradeneeded = () => {
      if (existing) request.transaction?.abort();
      else makeStores(request.result);
    };
    request.onsuccess = () => {
      // A newer release, or a log-out in another tab, does not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
}

function makeStores(database: IDBDatabase): void {
  database.createObjectStore("writes", { keyPath: "place", autoIncrement: true });
  database.createObjectStore("findings", { keyPath: "id" });
  database.createObjectStore("todos", { keyPath: "id" });
  database.createObjectStore("projects", { keyPath: "id" });
  database.createObjectStore("facts");
}

export function eraseDatabase(userId: string): void {
  globalThis.indexedDB?.deleteDatabase(nameFor(userId));
}

function nameFor(userId: string): string {
  return `todobus-${userId}`;
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Runs `work`, which makes its requests at once, and resolves when all of it is written. */
export function transact(
  database: IDBDatabase,
  stores: readonly StoreName[],
  work: (store: (name: StoreName) => IDBObjectStore) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(stores, "readwrite");
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    work((name) => transaction.objectStore(name));
  });
}

/** A single thing that is kept, by its name. */
export function fact<T>(database: IDBDatabase, name: string): Promise<T | undefined> {
  return result<T | undefined>(database.transaction("facts").objectStore("facts").get(name));
}

export function readAll<T>(database: IDBDatabase, name: StoreName): Promise<T[]> {
  return result(database.transaction(name).objectStore(name).getAll());
}
