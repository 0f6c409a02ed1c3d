/** The service worker: starts the app without a network, shows what is pushed, opens what a notification is about. */

// What the build has written: `RELEASE = { name, files }`, all paths of the app that need no network once they are kept.
importScripts("/release.js");

const KEPT = new Set(RELEASE.files);
const AT_ONCE = 6;
const PATIENCE_MS = 4_000;

self.addEventListener("install", (event) => event.waitUntil(keepRelease()));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers().then(() => self.clients.claim())));

// The app: pages from the network where it answers in time, so that a new release is there at once; the files that a page
// names never change. The API is none of its business.

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin || !KEPT.has(pathname)) return;
  const find = () => caches.match(pathname, { cacheName: RELEASE.name });
  event.respondWith(
    pathname.startsWith("/_next/static/") ? fromCache(event.request, find) : fresh(event.request, find),
  );
});

async function fromCache(request, find) {
  return (await find()) ?? fetch(request);
}

async function fresh(request, find) {
  const answer = fetch(request);
  answer.catch(() => undefined);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)).then(find);
  try {
    return (await Promise.race([answer, late])) ?? (await answer);
  } catch (error) {
    const kept = await find();
    if (kept) return kept;
    throw error;
  }
}

/** Some files at a time; those that do not change are taken over from the release before. */
async function keepRelease() {
  const cache = await caches.open(RELEASE.name);
  const missing = [...RELEASE.files];
  async function keepNext() {
    for (let path = missing.pop(); path; path = missing.pop()) {
      const known = path.startsWith("/_next/static/") && (await caches.match(path));
      const answer = known || (await fetch(path, { cache: "no-cache" }));
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      await cache.put(path, answer);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, keepNext));
}

async function dropOthers() {
  for (const name of await caches.keys()) if (name !== RELEASE.name) await caches.delete(name);
}

// Push: `{id, kind, title, body, todo_id?}`. A message that comes again replaces the one before it.

self.addEventListener("push", (event) => {
  const { id, title, body, ...about } = event.data?.json() ?? {};
  const shown = { body, tag: id, icon: "/icon-192.png", data: { path: pathOf(about) } };
  event.waitUntil(self.registration.showNotification(title ?? "Todobus", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(goTo(event.notification.data.path));
});

function pathOf({ kind, todo_id }) {
  if (kind === "webhook") return "/settings/webhooks";
  if (kind === "test") return "/settings/notifications";
  return todo_id ? `/?todo=${todo_id}` : "/?view=today";
}

/** In the tab that was used last, which goes there without being loaded again, or in a new one. */
async function goTo(path) {
  const [page] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!page) return self.clients.openWindow(path);
  page.postMessage({ open: path });
  return page.focus();
}
