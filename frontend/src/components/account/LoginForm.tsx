"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { followOtherTabs, logIn, useSession } from "@/lib/session";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError } from "../FormError";

export function LoginForm() {
  const state = useSignedInRedirect();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    await logIn(String(fields.get("email")), String(fields.get("password")));
  });
  return (
    <>
      <h1 className="mb-1.5">Welcome back</h1>
      <p className="mb-7 text-faint">
        {state.status === "signed-out" && state.reason === "ended"
          ? "Your session has ended. Log in to go on."
          : "Log in to your todos."}
      </p>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        <Field label="Email" name="email" type="email" autoComplete="username" required autoFocus />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        <FormError error={error} />
        <button type="submit" className="btn btn-primary mt-1 min-h-10.5" disabled={busy}>
          {busy ? "Logging in…" : "Log in"}
        </button>
      </form>
      <p className="mt-6 text-faint text-sm">
        New here?{" "}
        <Link href="/register" className="font-medium text-accent underline-offset-4 hover:underline">
          Create an account
        </Link>
      </p>
    </>
  );
}

/** Signing in, here or in another tab, leads to the todos. */
export function useSignedInRedirect() {
  const state = useSession();
  const router = useRouter();
  useEffect(followOtherTabs, []);
  useEffect(() => {
    if (state.status === "signed-in") router.replace("/");
  }, [state.status, router]);
  return state;
}
