import { accountCalls } from "@/lib/api/account";
import { hasCode } from "@/lib/api/errors";
import { useApp, useCalls } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { CurrentPasswordField } from "../CurrentPasswordField";
import { FormError } from "../FormError";
import { ModalActions } from "../ModalActions";
import { useSecurity } from "../security/use-security";

/** Asks for the password, unless the account is known to have none. */
export function DeleteAccountForm({ onCancel }: { onCancel: () => void }) {
  const account = useCalls(accountCalls);
  const { session } = useApp();
  const { data: security } = useSecurity();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    await account.deleteUser({ password: String(fields.get("password") ?? "") });
    session.end("logged-out");
  });
  const wrong = hasCode(error, "wrong_password");
  return (
    <form onSubmit={onSubmit} className="mt-5">
      {security?.password !== false && <CurrentPasswordField wrong={wrong} />}
      <FormError error={wrong ? null : error} />
      <ModalActions onCancel={onCancel}>
        <button type="submit" className="btn btn-danger" disabled={busy}>
          Delete everything
        </button>
      </ModalActions>
    </form>
  );
}
