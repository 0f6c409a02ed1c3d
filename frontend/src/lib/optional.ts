import { type ComponentType, lazy } from "react";

/** A part that is loaded when it is first drawn; where that fails, the page goes on without it. */
export function optional<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  return lazy(() => load().catch(() => ({ default: (() => null) as ComponentType<Props> })));
}
