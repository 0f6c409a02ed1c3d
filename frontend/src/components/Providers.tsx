"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { isPassing } from "@/lib/api/errors";
import { applyTheme, loadPreferences } from "@/lib/preferences";
import { session } from "@/lib/session";
import { deltas } from "@/lib/stats/pending";
import { forgetCommands } from "@/lib/todos/commands";
import { Toasts } from "./Toasts";

const RETRIES = 3;
const QUERIES = {
  refetchOnWindowFocus: false,
  retry: (failures: number, error: unknown) => isPassing(error) && failures < RETRIES,
};

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: QUERIES } }));
  useEffect(() => forgetOnChange(client), [client]);
  useEffect(followTheme, []);
  return (
    <QueryClientProvider client={client}>
      {children}
      <Toasts />
    </QueryClientProvider>
  );
}

/** Nothing of one user is left when another signs in. */
function forgetOnChange(client: QueryClient): () => void {
  let userId: string | null = null;
  return session.subscribe(() => {
    const state = session.get();
    const next = state.status === "signed-in" ? state.user.id : null;
    if (userId !== null && next !== userId) {
      client.clear();
      deltas.set([]);
      forgetCommands();
    }
    userId = next;
  });
}

function followTheme(): () => void {
  loadPreferences();
  applyTheme();
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", applyTheme);
  return () => media.removeEventListener("change", applyTheme);
}
