/** The mark: a list carried by a line. */
export function Mark({ className = "size-7" }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <g fill="none" strokeLinecap="round" strokeLinejoin="round" strokeWidth="2.75" className="stroke-on-accent">
        <path d="m8.5 15.5 4.6 4.6L23.5 9.7" />
        <path d="M8.5 25h15" opacity="0.55" />
      </g>
    </svg>
  );
}
