"use client";

import { useEffect, useRef } from "react";
import { asked, type Question } from "@/lib/confirm";

export default function ConfirmDialog({ question }: { question: Question }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  function close(yes: boolean): void {
    asked.set(null);
    question.answer(yes);
  }

  return (
    <dialog
      ref={dialog}
      className="modal appear"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      onClose={() => close(false)}
    >
      <h2 id="confirm-title" className="text-lg">
        {question.title}
      </h2>
      <p id="confirm-text" className="mt-2 text-faint">
        {question.text}
      </p>
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        <button type="button" className="btn btn-plain" onClick={() => close(false)}>
          Cancel
        </button>
        <button type="button" className="btn btn-danger" onClick={() => close(true)}>
          {question.action}
        </button>
      </div>
    </dialog>
  );
}
