"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { AppContext, createApp } from "@/lib/app";
import type { PreferencesStore } from "@/lib/preferences";
import { Toasts } from "./Toasts";

export function Providers({ children }: { children: ReactNode }) {
  const [app] = useState(createApp);
  useEffect(() => followTheme(app.preferences), [app]);
  return (
    <AppContext value={app}>
      <QueryClientProvider client={app.client}>
        {children}
        <Toasts />
      </QueryClientProvider>
    </AppContext>
  );
}

function followTheme({ load, applyTheme }: PreferencesStore): () => void {
  load();
  applyTheme();
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", applyTheme);
  return () => media.removeEventListener("change", applyTheme);
}
