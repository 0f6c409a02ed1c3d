import { type FormEvent, useState } from "react";

export interface Submission {
  busy: boolean;
  error: unknown;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

/** A form that sends itself once at a time and keeps the error of the last try. */
export function useSubmit(send: (fields: FormData, form: HTMLFormElement) => Promise<void>): Submission {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function submit(form: HTMLFormElement): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await send(new FormData(form), form);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }

  return {
    busy,
    error,
    onSubmit(event) {
      event.preventDefault();
      if (!busy) void submit(event.currentTarget);
    },
  };
}
