import { type ReactNode, useId } from "react";

export function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="card p-5 sm:p-6">
      <h2 id={id}>{title}</h2>
      {note && <p className="mt-1 text-faint text-sm">{note}</p>}
      <div className="mt-4">{children}</div>
    </section>
  );
}
