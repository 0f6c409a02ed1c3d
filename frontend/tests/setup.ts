import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { notices } from "@/lib/notices";
import { deltas } from "@/lib/stats/pending";
import { forgetCommands } from "@/lib/todos/commands";

// What jsdom does not have.
window.matchMedia = (query: string) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
Element.prototype.scrollIntoView = () => {};

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  notices.set([]);
  deltas.set([]);
  forgetCommands();
  localStorage.clear();
  history.replaceState(null, "", "/");
});
