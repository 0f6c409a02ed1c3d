"use client";

import { useState } from "react";
import { forgotPassword } from "@/lib/api/ways-in";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError } from "../FormError";
import { AccountForm } from "./AccountForm";
import { AccountNote } from "./AccountNote";

const TEXT = "We send you a link by which you can set a new one.";
const SENT = "If there is an account with this address, a mail is on its way. Its link works once, for an hour.";
const SUBMIT = { label: "Send the link", busy: "Sending…" };
const OTHER = { question: "Remembered it?", href: "/login", label: "Log in" };

export function ForgotPasswordForm() {
  const [sent, setSent] = useState(false);
  const submission = useSubmit(async (fields) => {
    await forgotPassword({ email: String(fields.get("email")) });
    setSent(true);
  });
  if (sent) return <AccountNote title="Look into your mail" text={SENT} href="/login" label="Back to the log-in" />;
  return (
    <AccountForm title="Forgot your password?" text={TEXT} submit={SUBMIT} submission={submission} other={OTHER}>
      <Field label="Email" name="email" type="email" autoComplete="username" required autoFocus />
      <FormError error={submission.error} />
    </AccountForm>
  );
}
