"use client";

import Link from "next/link";
import { lazy, Suspense, useState } from "react";
import { useApp } from "@/lib/app";
import { safePath } from "@/lib/next-path";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError } from "../FormError";
import { AccountForm } from "./AccountForm";
import { PasskeyButton } from "./PasskeyButton";
import { useArrival } from "./use-arrival";
import { useSignedInRedirect } from "./use-signed-in-redirect";

const OtherWays = lazy(() => import("./OtherWays"));
const SecondStep = lazy(() => import("./SecondStep"));

const SUBMIT = { label: "Log in", busy: "Logging in…" };
const OTHER = { question: "New here?", href: "/register", label: "Create an account" };

export function LoginForm() {
  const { session } = useApp();
  const [token, setToken] = useState("");
  const arrival = useArrival(setToken);
  const next = safePath(arrival?.get("next"));
  const state = useSignedInRedirect(next);
  const submission = useSubmit(async (fields) =>
    setToken(await session.logIn(String(fields.get("email")), String(fields.get("password")))),
  );
  const ended = state.status === "signed-out" && state.reason === "ended";
  const text = ended ? "Your session has ended. Log in to go on." : "Log in to your todos.";
  if (token)
    return (
      <Suspense fallback={<div className="skeleton late h-24" />}>
        <SecondStep token={token} onOver={() => setToken("")} />
      </Suspense>
    );
  return (
    <AccountForm
      title="Welcome back"
      text={text}
      submit={SUBMIT}
      submission={submission}
      other={OTHER}
      ways={
        <>
          <PasskeyButton offered />
          <Suspense>{arrival && <OtherWays failure={arrival.get("error") ?? ""} next={next} />}</Suspense>
        </>
      }
    >
      <Field label="Email" name="email" type="email" autoComplete="username webauthn" required autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      <Link href="/forgot-password" className="text-link -mt-2 self-start">
        Forgot your password?
      </Link>
      <FormError error={submission.error} />
    </AccountForm>
  );
}
