/** Web Locks where the page may use them (https and localhost); elsewhere each tab is on its own. */
export function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

/** Runs `work` while this tab holds the lock, from when no other tab does until it returns or `signal` aborts. */
export async function whileLeading(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return work();
  try {
    await navigator.locks.request(name, { signal }, work);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
