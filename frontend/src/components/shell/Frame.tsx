import type { ReactNode } from "react";
import { Sidebar } from "./Sidebar";
import { TabBar } from "./TabBar";

/** Navigation around the content of a page. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-[88rem]">
      <a href="#main" className="btn btn-primary -translate-y-20 fixed start-4 top-3 z-50 focus:translate-y-0">
        Skip to content
      </a>
      <Sidebar />
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 pb-24 outline-none md:pb-10">
        {children}
      </main>
      <TabBar />
    </div>
  );
}
