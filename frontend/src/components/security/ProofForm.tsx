import type { ReactNode } from "react";
import { hasCode } from "@/lib/api/errors";
import type { Proof } from "@/lib/api/generated/types.gen";
import { securityCalls } from "@/lib/api/security";
import { getPasskeyOptions } from "@/lib/api/ways-in";
import { useCalls } from "@/lib/app";
import { askForPasskey } from "@/lib/passkeys";
import { useUser } from "@/lib/todos/context";
import { useSubmit } from "@/lib/use-submit";
import { CodeField } from "../CodeField";
import { CurrentPasswordField } from "../CurrentPasswordField";
import { FormError } from "../FormError";
import { ModalActions } from "../ModalActions";

export type Way = "password" | "code" | "passkey";

interface ProofFormProps {
  way: Way;
  onProven: () => void;
  onCancel: () => void;
  children: ReactNode;
}

export function ProofForm({ way, onProven, onCancel, children }: ProofFormProps) {
  const { reauthenticate } = useCalls(securityCalls);
  const { email } = useUser();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    await reauthenticate(way === "passkey" ? await passkey() : { [way]: String(fields.get(way)) });
    onProven();
  });
  const wrong = hasCode(error, "wrong_password");
  return (
    <form onSubmit={onSubmit} className="mt-5">
      <input type="hidden" autoComplete="username" value={email} readOnly />
      {way === "password" && <CurrentPasswordField wrong={wrong} autoFocus />}
      {way === "code" && <CodeField />}
      {children}
      <FormError error={wrong ? null : error} />
      <ModalActions onCancel={onCancel}>
        <button type="submit" className="btn btn-primary" disabled={busy}>
          {way === "passkey" ? "Use a passkey" : "Go on"}
        </button>
      </ModalActions>
    </form>
  );
}

async function passkey(): Promise<Proof> {
  return { passkey: await askForPasskey((await getPasskeyOptions()).data) };
}
