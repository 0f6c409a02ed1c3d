import { whenIdle } from "./idle";

/** Loads a part of the app when there is time, so that its first use does not wait; where that fails, the use loads it. */
export function preload(load: () => Promise<unknown>): void {
  whenIdle(() => void load().catch(() => undefined));
}
