import { Field } from "./Field";

const HINT = "Of your authenticator, or one of your recovery codes.";

/** A code that stands for the second factor. */
export function CodeField({ hint = HINT, error }: { hint?: string; error?: string }) {
  return (
    <Field
      label="Code"
      name="code"
      type="text"
      autoComplete="one-time-code"
      autoCapitalize="off"
      spellCheck={false}
      maxLength={64}
      required
      autoFocus
      hint={hint}
      error={error}
    />
  );
}
