import type { Share } from "./tables";

/** How much of each is done. */
export function Breakdown({ shares, label }: { shares: Share[]; label: string }) {
  return (
    <ul aria-label={label} className="flex flex-col gap-3 text-sm">
      {shares.map(({ name, total, completed, tone = "text-accent" }) => (
        <li key={name}>
          <div className="mb-1.5 flex justify-between gap-3">
            <span className="min-w-0 truncate">{name}</span>
            <span className="text-faint tabular-nums">
              <bdi>
                {completed} of {total}
              </bdi>
            </span>
          </div>
          <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" className={`h-1.5 w-full ${tone}`}>
            <rect width="100" height="4" rx="1" className="fill-hover" />
            <rect width={(completed / Math.max(total, 1)) * 100} height="4" rx="1" fill="currentColor" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
