"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { hasCode } from "@/lib/api/errors";
import { getRegistrationMode, register } from "@/lib/api/ways-in";
import { useApp } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { NewPasswordField } from "../NewPasswordField";
import { AccountForm } from "./AccountForm";
import { AccountNote } from "./AccountNote";
import { useMailToken } from "./use-mail-token";
import { useSignedInRedirect } from "./use-signed-in-redirect";

const TEXT = "One list, live on every device you use.";
const INVITED = "You are invited: the account is yours once you have set its password.";
const BY_INVITATION = "Ask whoever runs this Todobus for a link: it leads here and lets you make an account.";
const CLOSED = "If you have an account already, log in. Else ask whoever runs this Todobus.";
const DEAD = "This invitation is for another address, or has expired, or was used or withdrawn.";
const SUBMIT = { label: "Create account", busy: "Creating your account…" };
const OTHER = { question: "Already have one?", href: "/login", label: "Log in" };

export function RegisterForm() {
  const { session } = useApp();
  const invitation = useMailToken("invitation");
  const [mailedTo, setMailedTo] = useState("");
  const { data: mode } = useQuery({
    queryKey: ["registration"],
    queryFn: async ({ signal }) => (await getRegistrationMode(signal)).data.registration,
  });
  useSignedInRedirect();
  const { error, ...submission } = useSubmit(async (fields) => {
    const body = accountOf(fields, invitation);
    const { status } = await register(body);
    if (status === 202) return setMailedTo(body.email);
    await session.logIn(body.email, body.password);
  });
  if (mailedTo) {
    const text = `Open the link that is on its way to ${mailedTo}, then log in.`;
    return <AccountNote title="Look into your mail" text={text} href="/login" label="Log in" />;
  }
  if (mode === "closed") return <AccountNote title="No new accounts" text={CLOSED} href="/login" label="Log in" />;
  if (mode === "invite" && invitation === "")
    return <AccountNote title="By invitation" text={BY_INVITATION} href="/login" label="Log in" />;
  const taken = hasCode(error, "email_taken") && "There is already an account with this email.";
  const dead = hasCode(error, "invalid_invitation") && DEAD;
  return (
    <AccountForm
      title="Create your account"
      text={invitation ? INVITED : TEXT}
      submit={SUBMIT}
      submission={{ error, ...submission }}
      other={OTHER}
    >
      <Field label="Name" name="display_name" autoComplete="name" maxLength={100} autoFocus hint="Optional" />
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        error={taken || dead || fieldError(error, "email")}
      />
      <NewPasswordField label="Password" name="password" error={fieldError(error, "password")} />
      <FormError error={taken || dead ? null : error} fields={["email", "password"]} />
    </AccountForm>
  );
}

function accountOf(fields: FormData, invitation: string | null) {
  const name = String(fields.get("display_name")).trim();
  return {
    email: String(fields.get("email")),
    password: String(fields.get("password")),
    ...(name ? { display_name: name } : {}),
    ...(invitation ? { invitation } : {}),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
