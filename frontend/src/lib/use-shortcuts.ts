import { useEffect, useEffectEvent } from "react";
import { useApp } from "./app";
import type { Handler } from "./shortcuts";

export function useShortcuts(handlers: Record<string, Handler>): void {
  const { shortcuts } = useApp();
  const lookup = useEffectEvent((name: string) => handlers[name]);
  useEffect(() => shortcuts.add(lookup), [shortcuts]);
}
