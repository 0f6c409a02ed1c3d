import { useState } from "react";
import type { Enrolment, Security } from "@/lib/api/generated/types.gen";
import { securityCalls } from "@/lib/api/security";
import { useApp, useCalls } from "@/lib/app";
import { Section } from "../settings/Section";
import { AuthenticatorSetup } from "./AuthenticatorSetup";
import { RecoveryCodes } from "./RecoveryCodes";
import { useAction } from "./use-action";
import { SECURITY } from "./use-security";

const NOTE = "An app on your phone gives a code that follows the password at each log-in.";

/** The second factor: off, being set up, just turned on, or on. */
export function AuthenticatorSection({ security }: { security: Security }) {
  const calls = useCalls(securityCalls);
  const { client, questions } = useApp();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const begin = useAction(async () => setEnrolment((await calls.enrolAuthenticator()).data));
  const remove = useAction(calls.removeAuthenticator, "The authenticator is off");

  function confirmed(made: string[]): void {
    setEnrolment(null);
    setCodes(made);
    void client.invalidateQueries({ queryKey: SECURITY });
  }

  async function askToRemove(): Promise<void> {
    const text = "The password alone opens your account then, and the recovery codes are worth nothing.";
    if (await questions.confirm({ title: "Turn it off?", text, action: "Turn off" })) remove.mutate();
  }

  return (
    <Section title="Authenticator" note={NOTE}>
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
      {enrolment && (
        <AuthenticatorSetup enrolment={enrolment} onConfirmed={confirmed} onCancel={() => setEnrolment(null)} />
      )}
      {security.totp && !codes && (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p>
            <span className="font-medium text-good">On</span>
            <span className="text-faint"> · {left(security.recovery_codes_left)}</span>
          </p>
          <button
            type="button"
            className="btn btn-danger"
            disabled={remove.isPending}
            onClick={() => void askToRemove()}
          >
            Turn off
          </button>
        </div>
      )}
      {!security.totp && !enrolment && !codes && (
        <button type="button" className="btn btn-plain" disabled={begin.isPending} onClick={() => begin.mutate()}>
          Set up
        </button>
      )}
    </Section>
  );
}

function left(count: number): string {
  if (count === 0) return "no recovery codes left: turn it off and on again for new ones";
  return `${count} recovery ${count === 1 ? "code" : "codes"} left`;
}
