import { Refusal } from "./api/errors";
import type { NewPasskey, PasskeyOptions } from "./api/generated/types.gen";

type Answer = NewPasskey["credential"];
type Manner = Pick<CredentialRequestOptions, "mediation" | "signal">;

/** Browsers have them on https and on this machine alone. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Whether the browser shows passkeys where it fills in an address. */
export async function canOfferPasskeys(): Promise<boolean> {
  return hasPasskeys() && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false);
}

export function makePasskey(options: PasskeyOptions): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return answerOf(navigator.credentials.create({ publicKey }));
}

export function askForPasskey(options: PasskeyOptions, manner: Manner = {}): Promise<Answer> {
  if (!hasPasskeys()) throw new Refusal("Passkeys need https, and a browser of the last years.");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return answerOf(navigator.credentials.get({ publicKey, ...manner }));
}

async function answerOf(asked: Promise<Credential | null>): Promise<Answer> {
  try {
    return (await (asked as Promise<PublicKeyCredential>)).toJSON() as unknown as Answer;
  } catch (error) {
    throw new Refusal(error instanceof DOMException ? (REFUSALS[error.name] ?? OTHERWISE) : OTHERWISE);
  }
}

const OTHERWISE = "The browser could not use a passkey. Try again.";
const REFUSALS: Record<string, string> = {
  InvalidStateError: "This device has a passkey of your account already.",
  NotAllowedError: "No passkey was given: it was cancelled, or took too long.",
  SecurityError: "Passkeys do not work at this address: open the app by its public one.",
};
