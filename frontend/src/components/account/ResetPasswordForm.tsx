"use client";

import { useState } from "react";
import { hasCode } from "@/lib/api/errors";
import { resetPassword } from "@/lib/api/ways-in";
import { useSubmit } from "@/lib/use-submit";
import { FormError, fieldError } from "../FormError";
import { NewPasswordField } from "../NewPasswordField";
import { AccountForm } from "./AccountForm";
import { AccountNote } from "./AccountNote";
import { useMailToken } from "./use-mail-token";

const TEXT = "Everything that is logged in to your account is logged out.";
const SET = "Log in with it. Other sessions and API tokens have ended.";
const DEAD = "It has expired, or was used, or there is a newer one.";
const SUBMIT = { label: "Set the password", busy: "Setting it…" };
const OTHER = { question: "Remembered the old one?", href: "/login", label: "Log in" };

export function ResetPasswordForm() {
  const token = useMailToken();
  const [isSet, setIsSet] = useState(false);
  const submission = useSubmit(async (fields) => {
    await resetPassword({ token: token ?? "", new_password: String(fields.get("new_password")) });
    setIsSet(true);
  });
  const { error } = submission;
  const dead = token === "" || hasCode(error, "invalid_token");
  if (isSet) return <AccountNote title="Your password is set" text={SET} href="/login" label="Log in" />;
  if (dead) return <AccountNote title="This link is dead" text={DEAD} href="/forgot-password" label="Get a new link" />;
  return (
    <AccountForm title="Set a new password" text={TEXT} submit={SUBMIT} submission={submission} other={OTHER}>
      <NewPasswordField label="New password" name="new_password" autoFocus error={fieldError(error, "new_password")} />
      <FormError error={error} fields={["new_password"]} />
    </AccountForm>
  );
}
