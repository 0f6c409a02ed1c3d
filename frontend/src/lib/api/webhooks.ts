import type * as api from "./generated/types.gen";
import type { Http } from "./http";

/** The calls about webhooks. */
export function webhookCalls({ request }: Http) {
  return {
    getWebhooks: (signal?: AbortSignal) => request<api.Webhook[]>("GET", "/api/webhooks", { signal }),
    createWebhook: (json: api.NewWebhook) => request<api.WebhookWithSecret>("POST", "/api/webhooks", { json }),

    changeWebhook: (id: string, json: api.WebhookChange) =>
      request<api.Webhook>("PATCH", `/api/webhooks/${id}`, { json }),

    deleteWebhook: (id: string) => request<void>("DELETE", `/api/webhooks/${id}`),
    testWebhook: (id: string) => request<api.TestResult>("POST", `/api/webhooks/${id}/test`),
    rotateSecret: (id: string) => request<api.WebhookWithSecret>("POST", `/api/webhooks/${id}/rotate-secret`),

    replay: (id: string, from_sequence: number) =>
      request<api.Webhook>("POST", `/api/webhooks/${id}/replay`, { json: { from_sequence } }),

    getDeliveries: (id: string, signal?: AbortSignal) =>
      request<api.Attempt[]>("GET", `/api/webhooks/${id}/deliveries`, { signal }),
  };
}
