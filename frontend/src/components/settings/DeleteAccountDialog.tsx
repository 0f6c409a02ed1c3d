import { Modal } from "../Modal";
import { StepUp } from "../security/StepUp";
import { DeleteAccountForm } from "./DeleteAccountForm";

const TEXT = "Your todos, their history and your statistics go with it. This cannot be undone.";

export default function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  return (
    <StepUp>
      <Modal title="Delete your account?" text={TEXT} onClose={onClose}>
        {(close) => <DeleteAccountForm onCancel={close} />}
      </Modal>
    </StepUp>
  );
}
