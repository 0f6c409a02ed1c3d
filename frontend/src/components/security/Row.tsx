import type { ReactNode } from "react";

/** What has a name, something to say about it in small letters, and buttons. */
export function Row({ name, note, children }: { name: ReactNode; note: ReactNode; children?: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-b py-3 first:pt-0 last:border-0">
      <div className="min-w-40 flex-1">
        <p className="[overflow-wrap:anywhere]">{name}</p>
        <p className="mt-0.5 text-faint text-sm [overflow-wrap:anywhere]">{note}</p>
      </div>
      {children}
    </li>
  );
}
