import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Webhook } from "@/lib/api/generated/types.gen";
import { webhookCalls } from "@/lib/api/webhooks";
import { useCalls } from "@/lib/app";
import { ErrorState } from "../ErrorState";
import { DeliveryRow } from "./DeliveryRow";
import { ReplayDialog } from "./ReplayDialog";
import { WEBHOOKS } from "./use-webhooks";

const REFRESH_MS = 5_000;

export function DeliveryList({ webhook: { id, position } }: { webhook: Webhook }) {
  const { getDeliveries } = useCalls(webhookCalls);
  const [from, setFrom] = useState<number | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: [...WEBHOOKS, id],
    queryFn: async ({ signal }) => (await getDeliveries(id, signal)).data,
    refetchInterval: REFRESH_MS,
  });
  if (!data && error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!data) return <div className="skeleton late mt-2 h-24" />;
  if (data.length === 0) return <p className="mt-2 text-faint text-sm">None yet: change a todo, or send a test.</p>;
  return (
    <>
      <ol className="mt-1">
        {data.map((attempt) => (
          <DeliveryRow key={attempt.attempt} attempt={attempt} onReplay={setFrom} />
        ))}
      </ol>
      {from !== null && <ReplayDialog id={id} from={from} last={position} onClose={() => setFrom(null)} />}
    </>
  );
}
