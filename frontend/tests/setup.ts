import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// Parts of the app that are loaded when they are needed take long where many tests run at once.
configure({ asyncUtilTimeout: 5_000 });

// What jsdom does not have.
window.matchMedia = (query: string) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
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
