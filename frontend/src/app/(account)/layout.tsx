import type { ReactNode } from "react";
import { Mark } from "@/components/Mark";

export default function AccountLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center px-6 py-12">
      <div className="mb-8 flex items-center gap-2.5">
        <Mark className="size-8" />
        <span className="font-semibold text-lg tracking-tight">Todobus</span>
      </div>
      {children}
    </main>
  );
}
