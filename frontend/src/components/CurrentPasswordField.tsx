import { Field } from "./Field";

/** The password of the account, which is asked for before something is changed. */
export function CurrentPasswordField({ wrong, autoFocus }: { wrong: boolean; autoFocus?: boolean }) {
  return (
    <Field
      label="Password"
      name="password"
      type="password"
      autoComplete="current-password"
      required
      autoFocus={autoFocus}
      error={wrong ? "This is not your password." : undefined}
    />
  );
}
