import { accountCalls } from "@/lib/api/account";
import { ApiError } from "@/lib/api/errors";
import { useApp, useCalls } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError } from "../FormError";
import { Modal } from "../Modal";
import { ModalActions } from "../ModalActions";

const TEXT = "Your todos, their history and your statistics go with it. This cannot be undone.";

export function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const account = useCalls(accountCalls);
  const { session } = useApp();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    await account.deleteUser({ password: String(fields.get("password")) });
    session.end("logged-out");
  });
  const wrong = error instanceof ApiError && error.status === 403;
  return (
    <Modal title="Delete your account?" text={TEXT} onClose={onClose}>
      {(close) => (
        <form onSubmit={onSubmit} className="mt-5">
          <Field
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            error={wrong ? "This is not your password." : undefined}
          />
          <FormError error={wrong ? null : error} />
          <ModalActions onCancel={close}>
            <button type="submit" className="btn btn-danger" disabled={busy}>
              Delete everything
            </button>
          </ModalActions>
        </form>
      )}
    </Modal>
  );
}
