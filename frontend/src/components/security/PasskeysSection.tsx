import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Passkey } from "@/lib/api/generated/types.gen";
import { securityCalls } from "@/lib/api/security";
import { useApp, useCalls } from "@/lib/app";
import { hasPasskeys } from "@/lib/passkeys";
import { Section } from "../settings/Section";
import { NewPasskeyForm } from "./NewPasskeyForm";
import { PasskeyName } from "./PasskeyName";
import { PasskeyRow } from "./PasskeyRow";
import { Rows } from "./Rows";
import { useAction } from "./use-action";
import { SECURITY } from "./use-security";

const NOTE = "Log in by fingerprint, face or PIN of your device: nothing to remember, nothing to steal.";
const NONE = "None yet. With one you log in without the password, and without a code.";
const CANNOT = "This browser cannot make one here: passkeys need https, and a browser of the last years.";

export function PasskeysSection() {
  const calls = useCalls(securityCalls);
  const { client, questions } = useApp();
  const [renaming, setRenaming] = useState<string | null>(null);
  const query = useQuery({
    queryKey: [...SECURITY, "passkeys"],
    queryFn: async ({ signal }) => (await calls.getPasskeys(signal)).data,
  });
  const remove = useAction(({ id }: Passkey) => calls.removePasskey(id), "Passkey removed");

  async function askToRemove(passkey: Passkey): Promise<void> {
    const text = "It does not open your account any more. Your device may still show it: remove it there too.";
    const sure = await questions.confirm({ title: `Remove “${passkey.name}”?`, text, action: "Remove" });
    if (sure) remove.mutate(passkey);
  }

  function changed(): void {
    setRenaming(null);
    void client.invalidateQueries({ queryKey: SECURITY });
  }

  return (
    <Section title="Passkeys" note={NOTE}>
      <Rows query={query} failed="Your passkeys did not load" none={NONE}>
        {(passkey) =>
          passkey.id === renaming ? (
            <PasskeyName key={passkey.id} passkey={passkey} onDone={changed} />
          ) : (
            <PasskeyRow
              key={passkey.id}
              passkey={passkey}
              busy={remove.isPending}
              onRename={() => setRenaming(passkey.id)}
              onRemove={() => void askToRemove(passkey)}
            />
          )
        }
      </Rows>
      {hasPasskeys() ? <NewPasskeyForm onAdded={changed} /> : <p className="mt-4 text-faint text-sm">{CANNOT}</p>}
    </Section>
  );
}
