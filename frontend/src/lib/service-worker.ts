/** Makes this browser keep the service worker; null where it can have none, as over plain HTTP. */
export async function registerWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!navigator.serviceWorker) return null;
  await navigator.serviceWorker.register("/service-worker.js");
  return navigator.serviceWorker.ready;
}
