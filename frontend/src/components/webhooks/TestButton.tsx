import type { ReactNode } from "react";
import { outcomeOf } from "@/lib/webhooks/standing";
import { useWebhookAction } from "./use-webhooks";

/** Sends a test event, and says below it and the other actions what was answered. */
export function TestButton({ id, children }: { id: string; children: ReactNode }) {
  const { data, isPending, mutate } = useWebhookAction(async (calls) => (await calls.testWebhook(id)).data);
  return (
    <>
      <div className="mt-4 flex flex-wrap gap-2">
        <button type="button" className="btn btn-plain" disabled={isPending} onClick={() => mutate()}>
          {isPending ? "Sending…" : "Send a test"}
        </button>
        {children}
      </div>
      <p role="status" className="mt-2 text-soft text-sm [overflow-wrap:anywhere]">
        {data && !isPending && `${outcomeOf(data).text} after ${data.duration_ms} ms. ${data.error || data.response}`}
      </p>
    </>
  );
}
