/** Makes this browser keep the service worker; null where it can have none, as over plain HTTP. */
export async function registerWorker(): Promise<ServiceWorkerRegistration | null> {
  return navigator.serviceWorker?.register("/service-worker.js") ?? null;
}
