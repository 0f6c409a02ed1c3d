import { useState } from "react";
import type { NewWebhook, Webhook, WebhookWithSecret } from "@/lib/api/generated/types.gen";
import { webhookCalls } from "@/lib/api/webhooks";
import { useApp, useCalls } from "@/lib/app";
import { useProjects } from "@/lib/todos/context";
import { listed } from "@/lib/todos/projects";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { Labelled } from "../Labelled";
import { Select } from "../Select";
import { TypesField } from "./TypesField";
import { WEBHOOKS } from "./use-webhooks";

const USUAL = ["todo.completed.v1"];

interface WebhookFormProps {
  /** Left out, a new one is made. */
  webhook?: Webhook;
  onClose: () => void;
}

export function WebhookForm({ webhook, onClose }: WebhookFormProps) {
  const { createWebhook, changeWebhook } = useCalls(webhookCalls);
  const { client } = useApp();
  const projects = listed(useProjects());
  const [some, setSome] = useState(webhook !== undefined && webhook.types.length > 0);
  const [missing, setMissing] = useState(false);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const given = fieldsOf(fields);
    const none = some && given.types?.length === 0;
    setMissing(none);
    if (none) return;
    const { data } = await (webhook ? changeWebhook(webhook.id, given) : createWebhook(given));
    client.setQueryData<WebhookWithSecret[]>(WEBHOOKS, (known = []) =>
      webhook ? known.map((each) => (each.id === data.id ? data : each)) : [...known, data],
    );
    onClose();
  });
  return (
    <form
      onSubmit={onSubmit}
      aria-label={webhook ? `Edit ${webhook.url}` : "New webhook"}
      className="appear grid gap-4 sm:grid-cols-2"
    >
      <Field
        className="sm:col-span-2"
        label="Address"
        name="url"
        type="url"
        placeholder="https://example.com/hooks/todos"
        hint="Takes a POST with the event as JSON, and answers with 200 to 299."
        required
        autoFocus
        defaultValue={webhook?.url}
        maxLength={2000}
        error={fieldError(error, "url")}
      />
      <Labelled label="About">
        <Select
          value={some ? "some" : ""}
          options={[
            ["", "Every change"],
            ["some", "Only some changes"],
          ]}
          onChange={(event) => setSome(event.target.value === "some")}
        />
      </Labelled>
      <Labelled label="In">
        <Select
          name="project"
          defaultValue={webhook?.project_id ?? ""}
          options={[["", "Every project"], ...projects.map(({ id, name }): [string, string] => [id, name])]}
        />
      </Labelled>
      {some && <TypesField chosen={webhook?.types ?? USUAL} missing={missing} />}
      <div className="sm:col-span-2">
        <FormError error={error} fields={["url"]} />
        <div className="flex gap-2">
          <button type="submit" className="btn btn-primary" disabled={busy}>
            {webhook ? "Save" : "Create webhook"}
          </button>
          <button type="button" className="btn btn-quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </div>
    </form>
  );
}

function fieldsOf(fields: FormData): NewWebhook {
  const project = String(fields.get("project"));
  return {
    url: String(fields.get("url")).trim(),
    types: fields.getAll("types").map(String),
    project_id: project || null,
  };
}
