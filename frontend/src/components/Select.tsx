import type { SelectHTMLAttributes } from "react";

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  options: [value: string, name: string][];
}

/** The browser's own menu, which every device and screen reader knows, with our arrow. */
export function Select({ options, className = "field", ...select }: SelectProps) {
  return (
    <span className="relative block">
      <select className={`${className} appearance-none pe-9`} {...select}>
        {options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      <svg
        aria-hidden="true"
        viewBox="0 0 12 12"
        className="-translate-y-1/2 pointer-events-none absolute end-3 top-1/2 size-3 text-faint"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="m2.5 4.5 3.5 3.5 3.5-3.5" />
      </svg>
    </span>
  );
}
