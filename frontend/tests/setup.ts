import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// There is no router around what is rendered here.
vi.mock("next/navigation", async (original) => ({
  ...(await original<typeof import("next/navigation")>()),
  usePathname: () => location.pathname,
}));

// Parts of the app that are loaded when they are needed take long where many tests run at once.
configure({ asyncUtilTimeout: 5_000 });

// What jsdom does not have.
window.matchMedia = (query: string) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
window.IntersectionObserver = class {
  constructor(private readonly seen: (entries: { isIntersecting: boolean; target: Element }[]) => void) {}
  observe(target: Element) {
    queueMicrotask(() => this.seen([{ isIntersecting: true, target }]));
  }
  unobserve() {}
  disconnect() {}
} as never;
Element.prototype.scrollIntoView = () => {};
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
  this.dispatchEvent(new Event("close"));
};

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  localStorage.clear();
  history.replaceState(null, "", "/");
});
