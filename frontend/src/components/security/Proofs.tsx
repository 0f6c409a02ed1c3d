import { useState } from "react";
import type { Security } from "@/lib/api/generated/types.gen";
import { hasPasskeys } from "@/lib/passkeys";
import { ModalActions } from "../ModalActions";
import { LogOutButton } from "../settings/LogOutButton";
import { ProofForm, type Way } from "./ProofForm";

interface ProofsProps {
  security: Security;
  onProven: () => void;
  onCancel: () => void;
}

const OTHERWISE: Record<Way, string> = {
  passkey: "Use a passkey instead",
  password: "Use the password instead",
  code: "Use a code instead",
};

/** The proofs that the account can give, one at a time. */
export function Proofs({ security, onProven, onCancel }: ProofsProps) {
  const ways = waysOf(security);
  const [way, setWay] = useState(ways[0]);
  if (!way)
    return (
      <>
        <p className="mt-4">Log out, log in by your provider, and come back within ten minutes.</p>
        <ModalActions onCancel={onCancel}>
          <LogOutButton />
        </ModalActions>
      </>
    );
  return (
    <ProofForm key={way} way={way} onProven={onProven} onCancel={onCancel}>
      {ways.length > 1 && (
        <div className="mt-3 flex flex-wrap gap-x-4 gap-y-2">
          {ways
            .filter((other) => other !== way)
            .map((other) => (
              <button key={other} type="button" className="text-link" onClick={() => setWay(other)}>
                {OTHERWISE[other]}
              </button>
            ))}
        </div>
      )}
    </ProofForm>
  );
}

function waysOf({ password, totp, passkeys }: Security): Way[] {
  const has: Record<Way, boolean> = { passkey: passkeys > 0 && hasPasskeys(), password, code: totp };
  return (["passkey", "password", "code"] as const).filter((way) => has[way]);
}
