import { useQuery } from "@tanstack/react-query";
import type { Identity } from "@/lib/api/generated/types.gen";
import { securityCalls } from "@/lib/api/security";
import { getProviders } from "@/lib/api/ways-in";
import { useApp, useCalls } from "@/lib/app";
import { timeAgo } from "@/lib/time";
import { Section } from "../settings/Section";
import { Row } from "./Row";
import { Rows } from "./Rows";
import { useAction } from "./use-action";
import { SECURITY } from "./use-security";

const NONE = "None yet. Log in by one of them with a verified address that is yours here too, and it is joined.";

/** The accounts elsewhere that open this one; nothing where there are no providers. */
export function IdentitiesSection() {
  const calls = useCalls(securityCalls);
  const { questions } = useApp();
  const providers = useQuery({
    queryKey: ["providers"],
    queryFn: async ({ signal }) => (await getProviders(signal)).data,
  });
  const query = useQuery({
    queryKey: [...SECURITY, "identities"],
    queryFn: async ({ signal }) => (await calls.getIdentities(signal)).data,
  });
  const remove = useAction(({ id }: Identity) => calls.removeIdentity(id), "Provider removed");
  if (!providers.data?.length && !query.data?.length) return null;

  const nameOf = ({ provider, issuer }: Identity) => providers.data?.find(({ id }) => id === provider)?.name ?? issuer;

  async function askToRemove(identity: Identity): Promise<void> {
    const text = "Your account there does not open this one any more.";
    const title = `Remove ${nameOf(identity)}?`;
    if (await questions.confirm({ title, text, action: "Remove" })) remove.mutate(identity);
  }

  return (
    <Section title="Providers" note="Accounts elsewhere by which you log in here.">
      <Rows query={query} failed="Your providers did not load" none={NONE}>
        {(identity) => (
          <Row
            key={identity.id}
            name={nameOf(identity)}
            note={`${identity.email} · last used ${timeAgo(identity.last_used_at)}`}
          >
            <button
              type="button"
              className="btn btn-plain"
              aria-label={`Remove provider: ${nameOf(identity)}`}
              disabled={remove.isPending}
              onClick={() => void askToRemove(identity)}
            >
              Remove
            </button>
          </Row>
        )}
      </Rows>
    </Section>
  );
}
