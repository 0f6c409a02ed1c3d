import { accountCalls } from "@/lib/api/account";
import { ApiError } from "@/lib/api/errors";
import { useApp, useCalls } from "@/lib/app";
import { useUser } from "@/lib/todos/context";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { Section } from "./Section";

export function PasswordSection() {
  const account = useCalls(accountCalls);
  const { notices } = useApp();
  const user = useUser();
  const { busy, error, onSubmit } = useSubmit(async (fields, form) => {
    await account.changePassword({
      current_password: String(fields.get("current_password")),
      new_password: String(fields.get("new_password")),
    });
    form.reset();
    notices.notify("Password changed. Your other sessions have ended.");
  });
  const wrong = error instanceof ApiError && error.code === "wrong_password";
  return (
    <Section title="Password" note="Changing it ends every other session.">
      <form onSubmit={onSubmit} className="grid gap-4 sm:grid-cols-2">
        <input type="hidden" autoComplete="username" value={user.email} readOnly />
        <Field
          label="Current password"
          name="current_password"
          type="password"
          autoComplete="current-password"
          required
          error={wrong ? "This is not your current password." : undefined}
        />
        <Field
          label="New password"
          name="new_password"
          type="password"
          autoComplete="new-password"
          minLength={12}
          maxLength={128}
          required
          error={fieldError(error, "new_password")}
        />
        <div className="sm:col-span-2">
          <FormError error={wrong ? null : error} fields={["new_password"]} />
          <button type="submit" className="btn btn-plain" disabled={busy}>
            {busy ? "Changing…" : "Change password"}
          </button>
        </div>
      </form>
    </Section>
  );
}
