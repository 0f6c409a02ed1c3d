import type { ReactNode } from "react";

export function Badge({ children }: { children: ReactNode }) {
  return (
    <span className="ms-2 inline-block whitespace-nowrap rounded-full bg-accent-soft px-2 py-0.5 text-accent text-xs">
      {children}
    </span>
  );
}
