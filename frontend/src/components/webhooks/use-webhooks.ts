import { useMutation, useQuery } from "@tanstack/react-query";
import { describe } from "@/lib/api/errors";
import { webhookCalls } from "@/lib/api/webhooks";
import { useApp, useCalls } from "@/lib/app";

export const WEBHOOKS = ["webhooks"];
const REFRESH_MS = 10_000;

export function useWebhooks() {
  const { getWebhooks } = useCalls(webhookCalls);
  return useQuery({
    queryKey: WEBHOOKS,
    queryFn: async ({ signal }) => (await getWebhooks(signal)).data,
    refetchInterval: REFRESH_MS,
  });
}

/** One thing that is done to a webhook: the list and its deliveries are read again afterwards. */
export function useWebhookAction<Result>(act: (calls: ReturnType<typeof webhookCalls>) => Promise<Result>, done = "") {
  const calls = useCalls(webhookCalls);
  const { client, notices } = useApp();
  return useMutation({
    mutationFn: () => act(calls),
    onSuccess: () => done && notices.notify(done),
    onError: (failure) => notices.notify(describe(failure), { tone: "error" }),
    onSettled: () => client.invalidateQueries({ queryKey: WEBHOOKS }),
  });
}
