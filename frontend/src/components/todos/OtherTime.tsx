import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useUser } from "@/lib/todos/context";
import { instantOf, wallTime } from "@/lib/todos/reminders";
import { Icon } from "../Icon";

/** A day and time of the user's zone, whatever the zone of this machine: Enter or leaving the field adds it. */
export function OtherTime({ full, onAdd }: { full: boolean; onAdd: (at: string) => void }) {
  const { time_zone } = useUser();
  const note = useId();
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [past, setPast] = useState(false);
  useEffect(() => {
    if (open) input.current?.focus();
  }, [open]);

  function leave(): void {
    const wall = input.current?.value;
    const at = wall && instantOf(wall, time_zone);
    if (at && Date.parse(at) <= Date.now()) return setPast(true);
    if (at) onAdd(at);
    setPast(false);
    setOpen(false);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    button.current?.focus();
  }

  return (
    <>
      {open && (
        <input
          ref={input}
          type="datetime-local"
          aria-label="Remind me on"
          aria-invalid={past || undefined}
          aria-describedby={note}
          min={wallTime(Date.now(), time_zone)}
          // Does not hold up the form while it is incomplete.
          form=""
          onBlur={leave}
          onKeyDown={onKeyDown}
          className="field min-h-8 w-auto py-1 text-sm"
        />
      )}
      <button ref={button} type="button" className="chip" disabled={full} onClick={() => setOpen(true)}>
        <Icon name="add" className="size-3.5" />
        Other time
      </button>
      <span id={note} role="status" className="text-danger text-sm">
        {past && "That is in the past."}
      </span>
    </>
  );
}
