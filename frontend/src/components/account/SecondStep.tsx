"use client";

import { hasCode } from "@/lib/api/errors";
import { finishLogin } from "@/lib/api/ways-in";
import { useApp } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { CodeField } from "../CodeField";
import { ErrorState } from "../ErrorState";
import { FormError } from "../FormError";
import { AccountForm } from "./AccountForm";
import { PasskeyButton } from "./PasskeyButton";

const TEXT = "Your account asks for a code after the password.";
const SUBMIT = { label: "Log in", busy: "Logging in…" };
const OTHER = { question: "Someone else?", href: "/register", label: "Create an account" };

/** The code that follows a right password, or a log-in at a provider. */
export default function SecondStep({ token, onOver }: { token: string; onOver: () => void }) {
  const { session } = useApp();
  const submission = useSubmit(async (fields) => {
    session.accept((await finishLogin(token, String(fields.get("code")))).data);
  });
  const { error } = submission;
  if (hasCode(error, "invalid_mfa_token"))
    return <ErrorState error={error} retry={onOver} title="This log-in is over" />;
  return (
    <AccountForm
      title="One more step"
      text={TEXT}
      submit={SUBMIT}
      submission={submission}
      other={OTHER}
      ways={<PasskeyButton />}
    >
      <CodeField />
      <FormError error={error} />
    </AccountForm>
  );
}
