"use client";

import { ApiError } from "@/lib/api/errors";
import { type App, useApp } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { AccountForm } from "./AccountForm";
import { useSignedInRedirect } from "./use-signed-in-redirect";

const TEXT = "One list, live on every device you use.";
const SUBMIT = { label: "Create account", busy: "Creating your account…" };
const OTHER = { question: "Already have one?", href: "/login", label: "Log in" };

export function RegisterForm() {
  const app = useApp();
  useSignedInRedirect();
  const submission = useSubmit((fields) => register(app, fields));
  const { error } = submission;
  const taken = error instanceof ApiError && error.code === "email_taken";
  return (
    <AccountForm title="Create your account" text={TEXT} submit={SUBMIT} submission={submission} other={OTHER}>
      <Field label="Name" name="display_name" autoComplete="name" maxLength={100} autoFocus hint="Optional" />
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        error={taken ? "There is already an account with this email." : fieldError(error, "email")}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={12}
        maxLength={128}
        required
        hint="At least 12 characters. A few words you like are fine."
        error={fieldError(error, "password")}
      />
      <FormError error={taken ? null : error} fields={["email", "password"]} />
    </AccountForm>
  );
}

async function register({ api, session }: App, fields: FormData): Promise<void> {
  const email = String(fields.get("email"));
  const password = String(fields.get("password"));
  const name = String(fields.get("display_name")).trim();
  await api.register({
    email,
    password,
    ...(name ? { display_name: name } : {}),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  await session.logIn(email, password);
}
