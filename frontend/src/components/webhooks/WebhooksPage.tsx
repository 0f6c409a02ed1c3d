"use client";

import { useState } from "react";
import { ErrorState } from "../ErrorState";
import { Icon } from "../Icon";
import { Message } from "../Message";
import { Section } from "../settings/Section";
import { useWebhooks } from "./use-webhooks";
import { WebhookCard } from "./WebhookCard";
import { WebhookForm } from "./WebhookForm";

const NOTE = "Your changes, posted to an address of yours: each one, in order, signed, until it is taken.";
const FOR_WHAT =
  "Let another program know when something changes: a chat, a spreadsheet, a script of yours. It needs an address that takes a POST.";

export function WebhooksPage() {
  const { data, error, refetch } = useWebhooks();
  const [adding, setAdding] = useState(false);
  const add = (
    <button type="button" className="btn btn-primary" onClick={() => setAdding(true)}>
      <Icon name="add" className="size-4" />
      New webhook
    </button>
  );
  return (
    <>
      <Section title="Webhooks" note={NOTE}>
        {!data && error && <ErrorState error={error} retry={() => void refetch()} title="Your webhooks did not load" />}
        {!data && !error && <div className="skeleton late h-24" />}
        {adding && <WebhookForm onClose={() => setAdding(false)} />}
        {data?.length === 0 && !adding && (
          <Message icon="logout" title="No webhooks yet" text={FOR_WHAT}>
            <div className="mt-5">{add}</div>
          </Message>
        )}
        {!!data?.length && !adding && add}
      </Section>
      {data?.map((webhook) => (
        <WebhookCard key={webhook.id} webhook={webhook} />
      ))}
    </>
  );
}
