import type * as api from "./generated/types.gen";
import type { Http } from "./http";

/** The calls about reminders: what has fired, what the user has set, and the browsers that are pushed to. */
export function notificationCalls({ request }: Http) {
  return {
    getFired: (signal?: AbortSignal) => request<api.FiredReminder[]>("GET", "/api/notifications", { signal }),

    getSettings: (signal?: AbortSignal) => request<api.Settings>("GET", "/api/notifications/settings", { signal }),

    changeSettings: (json: api.SettingsChange) =>
      request<api.Settings>("PATCH", "/api/notifications/settings", { json }),

    sendTest: () => request<api.SentTest>("POST", "/api/notifications/test"),

    getPush: (signal?: AbortSignal) => request<api.Push>("GET", "/api/notifications/push", { signal }),
    subscribe: (json: api.NewPush) => request<api.PushSubscription>("POST", "/api/notifications/push", { json }),

    unsubscribe: (endpoint: string) => request<void>("DELETE", "/api/notifications/push", { query: { endpoint } }),
  };
}
