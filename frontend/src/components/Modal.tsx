import { type ReactNode, useEffect, useId, useRef } from "react";
import { Icon } from "./Icon";

interface ModalProps {
  title: string;
  text?: string;
  onClose: () => void;
  /** Shows a button to close it beside the title. */
  closable?: boolean;
  /** Gets what closes the dialog, as the Escape key does. */
  children: (close: () => void) => ReactNode;
}

/** A dialog that is open for as long as it is rendered. */
export function Modal({ title, text, onClose, closable = false, children }: ModalProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className="modal appear"
      aria-labelledby={`${id}-title`}
      aria-describedby={text ? `${id}-text` : undefined}
      onClose={onClose}
    >
      <div className="flex items-center justify-between">
        <h2 id={`${id}-title`} className="text-lg">
          {title}
        </h2>
        {closable && (
          <button type="button" className="btn-icon -me-2" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {text && (
        <p id={`${id}-text`} className="mt-2 text-faint">
          {text}
        </p>
      )}
      {children(close)}
    </dialog>
  );
}
