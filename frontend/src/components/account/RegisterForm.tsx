"use client";

import Link from "next/link";
import * as api from "@/lib/api/endpoints";
import { ApiError } from "@/lib/api/errors";
import { logIn } from "@/lib/session";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { useSignedInRedirect } from "./LoginForm";

export function RegisterForm() {
  useSignedInRedirect();
  const { busy, error, onSubmit } = useSubmit(register);
  const taken = error instanceof ApiError && error.code === "email_taken";
  return (
    <>
      <h1 className="mb-1.5">Create your account</h1>
      <p className="mb-7 text-faint">One list, live on every device you use.</p>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
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
        <button type="submit" className="btn btn-primary mt-1 min-h-10.5" disabled={busy}>
          {busy ? "Creating your account…" : "Create account"}
        </button>
      </form>
      <p className="mt-6 text-faint text-sm">
        Already have one?{" "}
        <Link href="/login" className="font-medium text-accent underline-offset-4 hover:underline">
          Log in
        </Link>
      </p>
    </>
  );
}

async function register(fields: FormData): Promise<void> {
  const email = String(fields.get("email"));
  const password = String(fields.get("password"));
  const name = String(fields.get("display_name")).trim();
  await api.register({
    email,
    password,
    ...(name ? { display_name: name } : {}),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  await logIn(email, password);
}
