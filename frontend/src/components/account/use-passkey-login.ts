import { useEffect, useState } from "react";
import { getPasskeyOptions, logInByPasskey } from "@/lib/api/ways-in";
import { useApp } from "@/lib/app";
import { askForPasskey, canOfferPasskeys } from "@/lib/passkeys";
import type { Session } from "@/lib/session";

const RENEW_MS = 240_000; // a challenge lives for five minutes

interface PasskeyLogin {
  busy: boolean;
  error: unknown;
  logIn: () => void;
}

/**
 * Logs in by a passkey; with `offered` also by one that is picked where the browser fills in the address. A browser asks
 * for one at a time, so nothing is offered while the button has asked.
 */
export function usePasskeyLogin(offered: boolean): PasskeyLogin {
  const { session } = useApp();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (!offered || busy) return;
    const ended = new AbortController();
    offer(session, ended.signal).catch(setError);
    return () => ended.abort();
  }, [session, offered, busy]);

  async function logIn(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      const credential = await askForPasskey((await getPasskeyOptions()).data);
      session.accept((await logInByPasskey(credential)).data);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return { busy, error, logIn: () => void logIn() };
}

/** Ends with a log-in, when `ended` is aborted, or where the browser offers none; what is picked may be refused. */
async function offer(session: Session, ended: AbortSignal): Promise<void> {
  while ((await canOfferPasskeys()) && !ended.aborted) {
    const signal = AbortSignal.any([ended, AbortSignal.timeout(RENEW_MS)]);
    const picked = await pick(signal);
    if (picked) return session.accept((await logInByPasskey(picked)).data);
    if (!signal.aborted) return;
  }
}

/** Nobody has asked for it, so nobody is told why there is none. */
async function pick(signal: AbortSignal) {
  try {
    return await askForPasskey((await getPasskeyOptions()).data, { mediation: "conditional", signal });
  } catch {
    return null;
  }
}
