"use client";

import { useEffect, useState } from "react";
import { ApiError } from "@/lib/api/errors";
import { verifyEmail } from "@/lib/api/ways-in";
import { ErrorState } from "../ErrorState";
import { AccountNote } from "./AccountNote";
import { useMailToken } from "./use-mail-token";

const DEAD = "It has expired, or was used, or there is a newer one. The settings send another.";

/** Verifies at once: the person has clicked the link already. */
export function VerifyEmail() {
  const token = useMailToken();
  const [state, setState] = useState<"asking" | "verified" | { error: unknown }>("asking");
  useEffect(() => {
    if (token === null || state !== "asking") return;
    verifyEmail({ token }).then(
      () => setState("verified"),
      (error: unknown) => setState({ error }),
    );
  }, [token, state]);
  if (state === "asking") return <div className="skeleton late h-24" />;
  if (state === "verified")
    return <AccountNote title="Verified" text="This address is yours." href="/" label="Go to your todos" />;
  const { error } = state;
  if (error instanceof ApiError && error.status < 429)
    return <AccountNote title="This link is dead" text={DEAD} href="/settings" label="Go to the settings" />;
  return <ErrorState error={error} retry={() => setState("asking")} title="It could not be verified" />;
}
