import { useId, useState } from "react";
import type { WebhookWithSecret } from "@/lib/api/generated/types.gen";
import { useProjects } from "@/lib/todos/context";
import { standingOf } from "@/lib/webhooks/standing";
import { nameOf } from "@/lib/webhooks/types";
import { ShownOnce } from "../ShownOnce";
import { Deliveries } from "./Deliveries";
import { StandingLabel } from "./StandingLabel";
import { TestButton } from "./TestButton";
import { WebhookActions } from "./WebhookActions";
import { WebhookForm } from "./WebhookForm";

/** One that was just made has its secret. */
export function WebhookCard({ webhook }: { webhook: WebhookWithSecret }) {
  const id = useId();
  const [secret, setSecret] = useState(webhook.secret ?? "");
  const [editing, setEditing] = useState(false);
  const project = useProjects().get(webhook.project_id ?? "");
  const types = webhook.types.map(nameOf).join(", ") || "Every change";
  return (
    <section aria-labelledby={id} className="card appear p-5 sm:p-6">
      <header className="flex items-start justify-between gap-3">
        <h2 id={id} className="break-all">
          {webhook.url}
        </h2>
        <button type="button" className="btn btn-quiet -my-1.5 -me-2" onClick={() => setEditing(true)}>
          Edit
        </button>
      </header>
      <p className="mt-1 text-faint text-sm">
        {types}
        {webhook.project_id && ` in ${project?.name ?? "a project that is gone"}`}
      </p>
      <p role="status" className="mt-2">
        <StandingLabel {...standingOf(webhook)} />
      </p>
      {secret && (
        <ShownOnce
          title="Copy the secret now, to check the signatures with: it is not shown again."
          text={secret}
          onClose={() => setSecret("")}
        />
      )}
      {editing && (
        <div className="mt-4 border-line border-t pt-4">
          <WebhookForm webhook={webhook} onClose={() => setEditing(false)} />
        </div>
      )}
      <TestButton id={webhook.id}>
        <WebhookActions webhook={webhook} onSecret={setSecret} />
      </TestButton>
      <Deliveries webhook={webhook} />
    </section>
  );
}
