import { webhookCalls } from "@/lib/api/webhooks";
import { useApp, useCalls } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { Modal } from "../Modal";
import { ModalActions } from "../ModalActions";
import { WEBHOOKS } from "./use-webhooks";

interface ReplayDialogProps {
  id: string;
  /** The change that is offered to begin with. */
  from: number;
  /** The last one that was delivered. */
  last: number;
  onClose: () => void;
}

export function ReplayDialog({ id, from, last, onClose }: ReplayDialogProps) {
  const { replay } = useCalls(webhookCalls);
  const { client, notices } = useApp();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    await replay(id, Number(fields.get("from_sequence")));
    notices.notify("Delivering again");
    void client.invalidateQueries({ queryKey: WEBHOOKS });
    onClose();
  });
  return (
    <Modal title="Deliver again" text="In order and with the same ids, from a change on." onClose={onClose}>
      {(close) => (
        <form onSubmit={onSubmit} className="mt-4">
          <Field
            label="From change number"
            name="from_sequence"
            type="number"
            min={1}
            defaultValue={from}
            required
            hint={last > 0 ? `The last one that was delivered is ${last}.` : undefined}
            error={fieldError(error, "from_sequence")}
          />
          <FormError error={error} fields={["from_sequence"]} />
          <ModalActions onCancel={close}>
            <button type="submit" className="btn btn-primary" disabled={busy}>
              Deliver again
            </button>
          </ModalActions>
        </form>
      )}
    </Modal>
  );
}
