import { useApp } from "@/lib/app";
import type { Question } from "@/lib/questions";
import { Modal } from "./Modal";
import { ModalActions } from "./ModalActions";

export default function ConfirmDialog({ question }: { question: Question }) {
  const { questions } = useApp();

  function answer(yes: boolean): void {
    questions.set(null);
    question.answer(yes);
  }

  return (
    <Modal title={question.title} text={question.text} onClose={() => answer(false)}>
      {(close) => (
        <ModalActions onCancel={close}>
          <button type="button" className="btn btn-danger" onClick={() => answer(true)}>
            {question.action}
          </button>
        </ModalActions>
      )}
    </Modal>
  );
}
