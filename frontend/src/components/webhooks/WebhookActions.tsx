import { useState } from "react";
import type { Webhook } from "@/lib/api/generated/types.gen";
import { useApp } from "@/lib/app";
import { ReplayDialog } from "./ReplayDialog";
import { useWebhookAction } from "./use-webhooks";

interface WebhookActionsProps {
  webhook: Webhook;
  onSecret: (secret: string) => void;
}

export function WebhookActions({ webhook: { id, enabled, position }, onSecret }: WebhookActionsProps) {
  const { questions } = useApp();
  const [replaying, setReplaying] = useState(false);
  const toggle = useWebhookAction(
    (calls) => calls.changeWebhook(id, { enabled: !enabled }),
    enabled ? "Webhook turned off" : "Webhook turned on",
  );
  const rotate = useWebhookAction(async (calls) => onSecret((await calls.rotateSecret(id)).data.secret ?? ""));
  const remove = useWebhookAction((calls) => calls.deleteWebhook(id), "Webhook deleted");

  async function askToRotate(): Promise<void> {
    const text = "For 24 hours the old secret signs too, so that you can put the new one in its place.";
    if (await questions.confirm({ title: "Make a new secret?", text, action: "New secret" })) rotate.mutate();
  }
  async function askToRemove(): Promise<void> {
    const text = "Nothing more is delivered to it, and the list of its deliveries is gone.";
    if (await questions.confirm({ title: "Delete this webhook?", text, action: "Delete" })) remove.mutate();
  }

  return (
    <>
      <button type="button" className="btn btn-plain" disabled={toggle.isPending} onClick={() => toggle.mutate()}>
        {enabled ? "Turn off" : "Turn on"}
      </button>
      <button type="button" className="btn btn-plain" onClick={() => setReplaying(true)}>
        Replay…
      </button>
      <button type="button" className="btn btn-plain" disabled={rotate.isPending} onClick={() => void askToRotate()}>
        New secret…
      </button>
      <button type="button" className="btn btn-danger" disabled={remove.isPending} onClick={() => void askToRemove()}>
        Delete…
      </button>
      {replaying && <ReplayDialog id={id} from={1} last={position} onClose={() => setReplaying(false)} />}
    </>
  );
}
