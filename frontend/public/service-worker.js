/** The service worker: shows what is pushed, and opens what a notification is about. */

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

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
