import type { ReactNode } from "react";

export function Labelled({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className={className}>
      <span className="label">{label}</span>
      {children}
    </label>
  );
}
