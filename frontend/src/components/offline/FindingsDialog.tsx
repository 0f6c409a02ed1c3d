import { useStore } from "@/lib/store";
import { useTodoActions, useWork } from "@/lib/todos/context";
import { Modal } from "../Modal";
import { ConflictChoice } from "./ConflictChoice";

/** Each field with both values, of which one is kept; and what was refused, with the reason. */
export default function FindingsDialog({ onClose }: { onClose: () => void }) {
  const findings = useStore(useWork().findings);
  const { settle } = useTodoActions();
  return (
    <Modal
      title="Changed in two places"
      text="The newer value was kept. Choose the other one where it is right."
      onClose={onClose}
      closable
    >
      {(close) => (
        <>
          <ul className="-mx-6 mt-4 max-h-[55dvh] overflow-y-auto px-6">
            {findings.map((finding) => (
              <li key={finding.id} className="border-line border-b py-3 last:border-0">
                <h3 className="font-medium [overflow-wrap:anywhere]">{finding.title || "A todo that is gone"}</h3>
                {finding.refused && <p className="mt-1 text-faint text-sm">Not saved: {finding.refused}</p>}
                {finding.conflicts.map((conflict) => (
                  <ConflictChoice key={conflict.field} finding={finding} conflict={conflict} />
                ))}
                <button type="button" className="btn btn-quiet mt-2 -ms-3" onClick={() => settle(finding.id)}>
                  It is right so
                </button>
              </li>
            ))}
          </ul>
          <div className="mt-5 flex justify-end gap-2">
            {findings.length > 1 && (
              <button
                type="button"
                className="btn btn-plain"
                onClick={() => {
                  for (const { id } of findings) settle(id);
                  close();
                }}
              >
                All are right so
              </button>
            )}
            <button type="button" className="btn btn-plain" onClick={close}>
              Done
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}
