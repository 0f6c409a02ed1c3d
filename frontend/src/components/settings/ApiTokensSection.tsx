import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { accountCalls } from "@/lib/api/account";
import { describe } from "@/lib/api/errors";
import type { ApiToken, CreatedApiToken } from "@/lib/api/types";
import { useApp, useCalls } from "@/lib/app";
import { ErrorState } from "../ErrorState";
import { ApiTokenRow } from "./ApiTokenRow";
import { NewApiTokenForm } from "./NewApiTokenForm";
import { Section } from "./Section";
import { ShownApiToken } from "./ShownApiToken";

const API_TOKENS = ["api-tokens"];

export function ApiTokensSection() {
  const account = useCalls(accountCalls);
  const { client, notices, questions } = useApp();
  const [shown, setShown] = useState<CreatedApiToken | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: API_TOKENS,
    queryFn: async ({ signal }) => (await account.getApiTokens(signal)).data,
  });
  const end = useMutation({
    mutationFn: (token: ApiToken) => account.endApiToken(token.id),
    onSuccess: (_, token) => {
      setShown((known) => (known?.id === token.id ? null : known));
      notices.notify("Token deleted");
    },
    onError: (failure) => notices.notify(describe(failure), { tone: "error" }),
    onSettled: () => client.invalidateQueries({ queryKey: API_TOKENS }),
  });

  function created(token: CreatedApiToken): void {
    setShown(token);
    void client.invalidateQueries({ queryKey: API_TOKENS });
  }

  async function askToEnd(token: ApiToken): Promise<void> {
    const text = "Programs that use it are refused from then on.";
    if (await questions.confirm({ title: `Delete “${token.name}”?`, text, action: "Delete" })) end.mutate(token);
  }

  return (
    <Section title="API tokens" note="For scripts and programs that act for you. Each can do only what you tick.">
      {error && <ErrorState error={error} retry={() => void refetch()} title="Your tokens did not load" />}
      {!data && !error && <div className="skeleton late h-12" />}
      <ul className="flex flex-col">
        {data?.map((token) => (
          <ApiTokenRow key={token.id} token={token} busy={end.isPending} onEnd={() => void askToEnd(token)} />
        ))}
      </ul>
      {shown && <ShownApiToken token={shown} onClose={() => setShown(null)} />}
      <NewApiTokenForm onCreated={created} />
    </Section>
  );
}
