import { type InputHTMLAttributes, type ReactNode, useId } from "react";

interface TickProps extends InputHTMLAttributes<HTMLInputElement> {
  children: ReactNode;
  note?: string;
}

/** A square box with what it says beside it, and below that what there is to know. */
export function Tick({ children, note, ...input }: TickProps) {
  const id = useId();
  return (
    <div className="flex gap-3">
      <input
        type="checkbox"
        id={id}
        aria-describedby={note ? `${id}-note` : undefined}
        className="check check-square mt-px"
        {...input}
      />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <label htmlFor={id}>{children}</label>
        {note && (
          <p id={`${id}-note`} className="text-faint text-sm">
            {note}
          </p>
        )}
      </div>
    </div>
  );
}
