import type { ReactNode } from "react";

interface ProgressRingProps {
  /** From 0 to 1. */
  value: number;
  label: string;
  children: ReactNode;
  className?: string;
}

const RADIUS = 44;

export function ProgressRing({ value, label, children, className = "size-36" }: ProgressRingProps) {
  const share = Math.min(1, Math.max(0, value));
  return (
    <div className={`relative shrink-0 ${className}`}>
      <svg viewBox="0 0 100 100" role="img" aria-label={label} className="size-full -rotate-90">
        <circle cx="50" cy="50" r={RADIUS} fill="none" strokeWidth="8" className="stroke-hover" />
        {share > 0 && (
          <circle
            cx="50"
            cy="50"
            r={RADIUS}
            fill="none"
            strokeWidth="8"
            strokeLinecap="round"
            pathLength={1}
            strokeDasharray={`${share} 1`}
            className="stroke-accent transition-[stroke-dasharray] duration-500 ease-out"
          />
        )}
      </svg>
      <div className="absolute inset-0 grid place-content-center text-center" aria-hidden="true">
        {children}
      </div>
    </div>
  );
}
