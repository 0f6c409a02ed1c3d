import { hasCode } from "@/lib/api/errors";
import { securityCalls } from "@/lib/api/security";
import { useApp, useCalls } from "@/lib/app";
import { useUser } from "@/lib/todos/context";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { NewPasswordField } from "../NewPasswordField";
import { Section } from "../settings/Section";
import { SECURITY } from "./use-security";

/** Changes the password, or sets the first one of an account that was made by a provider. */
export function PasswordSection({ isSet }: { isSet: boolean }) {
  const { changePassword } = useCalls(securityCalls);
  const { client, notices } = useApp();
  const user = useUser();
  const { busy, error, onSubmit } = useSubmit(async (fields, form) => {
    await changePassword({
      current_password: String(fields.get("current_password") ?? ""),
      new_password: String(fields.get("new_password")),
    });
    form.reset();
    void client.invalidateQueries({ queryKey: SECURITY });
    notices.notify("Password changed. Your other sessions have ended.");
  });
  const wrong = hasCode(error, "wrong_password");
  const action = isSet ? "Change password" : "Set a password";
  return (
    <Section title="Password" note={isSet ? "Changing it ends every other session." : "There is none yet."}>
      <form onSubmit={onSubmit} className="grid gap-4 sm:grid-cols-2">
        <input type="hidden" autoComplete="username" value={user.email} readOnly />
        {isSet && (
          <Field
            label="Current password"
            name="current_password"
            type="password"
            autoComplete="current-password"
            required
            error={wrong ? "This is not your current password." : undefined}
          />
        )}
        <NewPasswordField label="New password" name="new_password" error={fieldError(error, "new_password")} />
        <div className="sm:col-span-2">
          <FormError error={wrong ? null : error} fields={["new_password"]} />
          <button type="submit" className="btn btn-plain" disabled={busy}>
            {busy ? "Setting it…" : action}
          </button>
        </div>
      </form>
    </Section>
  );
}
