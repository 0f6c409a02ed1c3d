import { useState } from "react";
import { hasCode } from "@/lib/api/errors";
import type { Security } from "@/lib/api/generated/types.gen";
import { securityCalls } from "@/lib/api/security";
import { useCalls } from "@/lib/app";
import { useUser } from "@/lib/todos/context";
import { useSubmit } from "@/lib/use-submit";
import { CurrentPasswordField } from "../CurrentPasswordField";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { Section } from "../settings/Section";
import { useAction } from "./use-action";

/** The address, whether it is verified, and its change, which counts once the new one is. */
export function EmailSection({ security }: { security: Security }) {
  const calls = useCalls(securityCalls);
  const { email } = useUser();
  const [asked, setAsked] = useState("");
  const resend = useAction(calls.resendVerification, `A link is on its way to ${email}`);
  const { busy, error, onSubmit } = useSubmit(async (fields, form) => {
    const wanted = String(fields.get("new_email"));
    await calls.changeEmail({ new_email: wanted, password: String(fields.get("password") ?? "") });
    form.reset();
    setAsked(wanted);
  });
  const wrong = hasCode(error, "wrong_password");
  return (
    <Section title="Email" note={`${email}${security.email_verified ? " · verified" : ""}`}>
      {!security.email_verified && (
        <div className="mb-5 flex flex-wrap items-center justify-between gap-3 rounded-xl bg-hover p-4 text-sm">
          <p className="min-w-0 flex-1 basis-56">
            Not verified yet. Open the link in the mail that we sent, or have it sent again.
          </p>
          <button type="button" className="btn btn-plain" disabled={resend.isPending} onClick={() => resend.mutate()}>
            Send it again
          </button>
        </div>
      )}
      <form onSubmit={onSubmit} className="grid gap-4 sm:grid-cols-2">
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <Field
          label="New email"
          name="new_email"
          type="email"
          autoComplete="email"
          required
          error={fieldError(error, "new_email")}
        />
        {security.password && <CurrentPasswordField wrong={wrong} />}
        <div className="sm:col-span-2">
          <FormError error={wrong ? null : error} fields={["new_email"]} />
          <button type="submit" className="btn btn-plain" disabled={busy}>
            {busy ? "Asking…" : "Change email"}
          </button>
          <p role="status" className="mt-3 text-sm empty:hidden">
            {asked && `Open the link that is on its way to ${asked}: from then on it is your address.`}
          </p>
        </div>
      </form>
    </Section>
  );
}
