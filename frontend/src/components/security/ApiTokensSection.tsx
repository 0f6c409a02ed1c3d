import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { securityCalls } from "@/lib/api/security";
import type { ApiToken, CreatedApiToken } from "@/lib/api/types";
import { useApp, useCalls } from "@/lib/app";
import { ShownOnce } from "../ShownOnce";
import { Section } from "../settings/Section";
import { ApiTokenRow } from "./ApiTokenRow";
import { NewApiTokenForm } from "./NewApiTokenForm";
import { Rows } from "./Rows";
import { useAction } from "./use-action";
import { SECURITY } from "./use-security";

export function ApiTokensSection() {
  const calls = useCalls(securityCalls);
  const { client, questions } = useApp();
  const [shown, setShown] = useState<CreatedApiToken | null>(null);
  const query = useQuery({
    queryKey: [...SECURITY, "api-tokens"],
    queryFn: async ({ signal }) => (await calls.getApiTokens(signal)).data,
  });
  const end = useAction(({ id }: ApiToken) => calls.endApiToken(id), "Token deleted");

  function created(token: CreatedApiToken): void {
    setShown(token);
    void client.invalidateQueries({ queryKey: SECURITY });
  }

  async function askToEnd(token: ApiToken): Promise<void> {
    const text = "Programs that use it are refused from then on.";
    if (!(await questions.confirm({ title: `Delete “${token.name}”?`, text, action: "Delete" }))) return;
    end.mutate(token, { onSuccess: () => setShown((known) => (known?.id === token.id ? null : known)) });
  }

  return (
    <Section title="API tokens" note="For scripts and programs that act for you. Each can do only what you tick.">
      <Rows query={query} failed="Your tokens did not load">
        {(token) => (
          <ApiTokenRow key={token.id} token={token} busy={end.isPending} onEnd={() => void askToEnd(token)} />
        )}
      </Rows>
      {shown && (
        <ShownOnce
          title={`Copy “${shown.name}” now: it is not shown again.`}
          text={shown.token}
          onClose={() => setShown(null)}
        />
      )}
      <NewApiTokenForm onCreated={created} />
    </Section>
  );
}
