import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { adminCalls } from "@/lib/api/admin";
import type { Invitation, NewInvitation, RegistrationMode } from "@/lib/api/generated/types.gen";
import { getRegistrationMode } from "@/lib/api/ways-in";
import { useApp, useCalls } from "@/lib/app";
import { formatInstant } from "@/lib/time";
import { ShownOnce } from "../ShownOnce";
import { Row } from "../security/Row";
import { Rows } from "../security/Rows";
import { useAction } from "../security/use-action";
import { Section } from "../settings/Section";
import { InvitationForm } from "./InvitationForm";
import { ADMIN } from "./keys";

const MODES: Record<RegistrationMode["registration"], string> = {
  open: "Everybody may register here, also without one.",
  invite: "Accounts are made with an invitation only.",
  closed: "No accounts are made here, also not with an invitation.",
};

/** Invitations that wait to be accepted; who may register at all is a setting of the system. */
export function InvitationsSection() {
  const calls = useCalls(adminCalls);
  const { client } = useApp();
  const [made, setMade] = useState<NewInvitation | null>(null);
  const mode = useQuery({
    queryKey: [...ADMIN, "mode"],
    queryFn: async ({ signal }) => (await getRegistrationMode(signal)).data,
  });
  const query = useQuery({
    queryKey: [...ADMIN, "invitations"],
    queryFn: async ({ signal }) => (await calls.getInvitations(signal)).data,
  });
  const withdraw = useAction(({ id }: Invitation) => calls.withdrawInvitation(id), "Invitation withdrawn", ADMIN);

  function invited(invitation: NewInvitation): void {
    setMade(invitation);
    void client.invalidateQueries({ queryKey: ADMIN });
  }

  return (
    <Section title="Invitations" note={mode.data ? MODES[mode.data.registration] : "A link is for one account."}>
      <Rows query={query} failed="The invitations did not load" none="None waits to be accepted.">
        {(invitation) => (
          <Row
            key={invitation.id}
            name={invitation.email ?? "Whoever has the link"}
            note={`Until ${formatInstant(invitation.expires_at)}`}
          >
            <button
              type="button"
              className="btn btn-plain"
              aria-label={`Withdraw: ${invitation.email ?? "whoever has the link"}`}
              disabled={withdraw.isPending}
              onClick={() => withdraw.mutate(invitation)}
            >
              Withdraw
            </button>
          </Row>
        )}
      </Rows>
      {made && (
        <ShownOnce
          title={`Copy the link${made.email ? ` for ${made.email}` : ""} now: it is not shown again.`}
          text={made.link}
          onClose={() => setMade(null)}
        />
      )}
      <InvitationForm onInvited={invited} />
    </Section>
  );
}
