"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, Suspense, useDeferredValue, useEffect } from "react";
import { useApp, useSession } from "@/lib/app";
import { optional } from "@/lib/optional";
import { registerWorker } from "@/lib/service-worker";
import { loadCommands } from "@/lib/todos/work";
import { ErrorState } from "../ErrorState";
import { TodosProvider } from "../todos/TodosProvider";
import { Frame } from "./Frame";
import { LiveUpdates } from "./LiveUpdates";
import { Waiting } from "./Waiting";

const Companions = optional(() => import("./Companions"));
const PAGES = ["/", "/notifications", "/journal", "/past", "/stats", "/settings"];
const PREFETCH_AFTER_MS = 4_000;

/** Around all pages that need a session. The exported HTML shows it without data. */
export function AppShell({ children }: { children: ReactNode }) {
  const { session } = useApp();
  // Deferred, so that the first render after the log-in is cut into slices and blocks nothing.
  const state = useDeferredValue(useSession());
  const router = useRouter();
  useEffect(() => {
    void session.start();
    void loadCommands().catch(() => undefined);
  }, [session]);
  useEffect(() => prefetchLater(router), [router]);
  useEffect(() => {
    if (state.status === "signed-out") router.replace(state.reason === "no-session" ? loginOnTheWay() : "/login");
  }, [state, router]);

  if (state.status === "signed-in") {
    return (
      <TodosProvider key={state.user.id} user={state.user}>
        <LiveUpdates userId={state.user.id} />
        <Frame>{children}</Frame>
        <Suspense>
          <Companions />
        </Suspense>
      </TodosProvider>
    );
  }
  return (
    <Frame>
      {state.status === "unreachable" ? (
        <ErrorState error={state.error} retry={() => void session.resume()} />
      ) : (
        <Waiting />
      )}
    </Frame>
  );
}

/** Who comes by a link without a session goes on there after the log-in. */
function loginOnTheWay(): string {
  const here = location.pathname + location.search;
  return here === "/" ? "/login" : `/login#next=${encodeURIComponent(here)}`;
}

/** The other pages, some time after this one, and what keeps all of them: going to them is then immediate, also while offline. */
function prefetchLater(router: ReturnType<typeof useRouter>): () => void {
  const timer = setTimeout(() => {
    for (const href of PAGES) router.prefetch(href);
    void registerWorker().catch(() => undefined);
  }, PREFETCH_AFTER_MS);
  return () => clearTimeout(timer);
}
