"use client";

import { useQueryClient } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useDeferredValue, useEffect } from "react";
import type { User } from "@/lib/api/types";
import { startLive } from "@/lib/live/live";
import { resumeSession, startSession, useSession } from "@/lib/session";
import { ErrorState } from "../ErrorState";
import { TodosProvider } from "../todos/context";
import { ListSkeleton } from "../todos/ListSkeleton";
import { Shortcuts } from "./Shortcuts";
import { Sidebar } from "./Sidebar";
import { TabBar } from "./TabBar";

/** What all signed-in pages stand in. The exported HTML shows it without anybody's data. */
export function AppShell({ children }: { children: ReactNode }) {
  // Deferred, so that drawing all that stands behind the log-in is cut into slices and blocks nothing.
  const state = useDeferredValue(useSession());
  const router = useRouter();
  useEffect(() => void startSession(), []);
  useEffect(() => prefetchLater(router), [router]);
  useEffect(() => {
    if (state.status === "signed-out") router.replace("/login");
  }, [state.status, router]);

  if (state.status === "signed-in") {
    return (
      <TodosProvider key={state.user.id} user={state.user}>
        <Live user={state.user} />
        <Shortcuts />
        <Frame>{children}</Frame>
      </TodosProvider>
    );
  }
  if (state.status === "unreachable") {
    return (
      <Frame>
        <ErrorState error={state.error} retry={() => void resumeSession()} />
      </Frame>
    );
  }
  return (
    <Frame>
      <Waiting />
    </Frame>
  );
}

/** The other pages, once this one has been there for a while: going to them is then immediate, also while offline. */
function prefetchLater(router: ReturnType<typeof useRouter>): () => void {
  const timer = setTimeout(() => {
    for (const href of PAGES) router.prefetch(href);
  }, PREFETCH_AFTER_MS);
  return () => clearTimeout(timer);
}

function Frame({ children }: { children: ReactNode }) {
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

const PAGES = ["/", "/stats", "/settings"];
const PREFETCH_AFTER_MS = 4_000;

const TITLES: Record<string, string> = { "/": "Todos", "/stats": "Stats", "/settings": "Settings" };

function Waiting() {
  const pathname = usePathname();
  return (
    <div className="page">
      <h1>{TITLES[pathname] ?? "Todobus"}</h1>
      <ListSkeleton />
    </div>
  );
}

function Live({ user }: { user: User }) {
  const client = useQueryClient();
  useEffect(() => startLive(client, user.id), [client, user.id]);
  return null;
}
