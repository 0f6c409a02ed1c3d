import { ErrorState } from "../ErrorState";
import { Modal } from "../Modal";
import { Proofs } from "./Proofs";
import { useSecurity } from "./use-security";

const TEXT = "What protects your account is changed by you alone. After this you are not asked again for ten minutes.";

/** Asks who uses this session. */
export function ProofDialog({ onDone }: { onDone: (proven: boolean) => void }) {
  const { data, error, refetch } = useSecurity();
  return (
    <Modal title="Is it you?" text={TEXT} onClose={() => onDone(false)}>
      {(close) => {
        if (data) return <Proofs security={data} onProven={() => onDone(true)} onCancel={close} />;
        if (error) return <ErrorState error={error} retry={() => void refetch()} />;
        return <div className="skeleton late mt-5 h-32" />;
      }}
    </Modal>
  );
}
