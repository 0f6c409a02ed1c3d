import type { InputHTMLAttributes } from "react";
import { Field } from "./Field";

const HINT = "At least 12 characters. A few words you like are fine.";

interface NewPasswordFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  name: string;
  error?: string;
}

export function NewPasswordField(props: NewPasswordFieldProps) {
  return (
    <Field type="password" autoComplete="new-password" minLength={12} maxLength={128} required hint={HINT} {...props} />
  );
}
