import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { NotificationSettings } from "@/components/notifications/NotificationSettings";
import { Notifier } from "@/components/notifications/Notifier";
import { LogOutButton } from "@/components/settings/LogOutButton";
import type { Settings } from "@/lib/api/generated/types.gen";
import { answerWith, type Call, problem, renderWith, USER } from "./support";

vi.mock("next/navigation", () => ({ usePathname: () => "/", useRouter: () => ({ push() {} }) }));

const SETTINGS: Settings = {
  default_minutes_before: 10,
  quiet_hours: null,
  channels: { email: false, push: true },
  digest_hour: null,
};
const ENDPOINT = "https://push.example.net/send/own";
const KEYS = { p256dh: "key", auth: "auth" };

/** What a browser has that can be pushed to; `subscribed` says whether it is. */
function browser(permission: NotificationPermission, subscribed: boolean) {
  const own = {
    endpoint: ENDPOINT,
    toJSON: () => ({ endpoint: ENDPOINT, keys: KEYS }),
    unsubscribe: vi.fn(async () => {
      pushManager.own = null;
      return true;
    }),
  };
  const pushManager = {
    own: subscribed ? own : null,
    getSubscription: async () => pushManager.own,
    subscribe: vi.fn(async () => {
      pushManager.own = own;
      return own;
    }),
  };
  const registration = { pushManager };
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("Notification", { permission, requestPermission: async () => permission });
  const given = async () => registration;
  const worker = { register: given, getRegistration: given, ready: given() };
  const serviceWorker = Object.assign(new EventTarget(), worker);
  Object.defineProperty(navigator, "serviceWorker", { configurable: true, value: serviceWorker });
  return pushManager;
}

function show(endpoints: string[] = [], settings: Partial<Settings> = {}, more: Parameters<typeof answerWith>[0] = {}) {
  const known = new Set(endpoints);
  const calls = answerWith({
    "GET /api/notifications/settings": { json: { ...SETTINGS, ...settings } },
    "PATCH /api/notifications/settings": ({ body }) => ({ json: { ...SETTINGS, ...(body as Settings) } }),
    "GET /api/notifications/push": () => ({
      json: { public_key: "public", subscriptions: [...known].map((endpoint) => ({ endpoint })) },
    }),
    "POST /api/notifications/push": ({ body }) => {
      known.add((body as { endpoint: string }).endpoint);
      return { status: 201, json: {} };
    },
    "DELETE /api/notifications/push": ({ path }) => {
      known.delete(new URL(path, "http://localhost").searchParams.get("endpoint") ?? "");
      return { status: 204 };
    },
    ...more,
  });
  renderWith(<NotificationSettings />);
  return { calls, user: userEvent.setup() };
}

const sent = (calls: Call[], method: string) => calls.find((call) => call.method === method)?.body;

afterEach(() => {
  Reflect.deleteProperty(navigator, "serviceWorker");
});

describe("the settings of reminders", () => {
  it("are sent as they are chosen", async () => {
    const { calls, user } = show();
    await user.selectOptions(await screen.findByLabelText(/todos with a time/), "1 hour before");
    await user.selectOptions(screen.getByLabelText(/Daily digest/), "At 08:00");
    await user.click(screen.getByLabelText(`By e-mail to ${USER.email}`));
    await user.click(screen.getByLabelText(/Do not disturb/));
    await user.clear(screen.getByLabelText("Quiet until"));
    await user.type(screen.getByLabelText("Quiet until"), "06:30");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Saved")).toBeTruthy();
    expect(sent(calls, "PATCH")).toEqual({
      default_minutes_before: 60,
      digest_hour: 8,
      channels: { email: true, push: true },
      quiet_hours: { start: "22:00", end: "06:30" },
    });
  });

  it("can be that there is none", async () => {
    const quiet_hours = { start: "21:00", end: "06:00" };
    const { calls, user } = show([], { default_minutes_before: 45, digest_hour: 7, quiet_hours });
    const minutes: HTMLSelectElement = await screen.findByLabelText(/todos with a time/);
    expect(minutes.selectedOptions[0]?.text).toBe("45 minutes before");
    await user.selectOptions(minutes, "Do not remind me");
    await user.selectOptions(screen.getByLabelText(/Daily digest/), "None");
    await user.click(screen.getByLabelText(/In my browsers/));
    await user.click(screen.getByLabelText(/Do not disturb/));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText("Saved");
    const nothing = { default_minutes_before: null, digest_hour: null, quiet_hours: null };
    expect(sent(calls, "PATCH")).toEqual({ ...nothing, channels: { email: false, push: false } });
  });

  it("say why they were refused", async () => {
    const errors = [{ pointer: "/quiet_hours", detail: "start and end may not be the same" }];
    const refused = { "PATCH /api/notifications/settings": problem(422, "invalid_request", { errors }) };
    const { user } = show([], {}, refused);
    await user.click(await screen.findByRole("button", { name: "Save" }));
    expect(await screen.findByText("start and end may not be the same")).toBeTruthy();
  });
});

describe("push to this browser", () => {
  it("is not offered where there is none", async () => {
    show();
    expect(await screen.findByText(/cannot show notifications/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Turn on" })).toBeNull();
  });

  it("says what to do where it is blocked", async () => {
    browser("denied", false);
    show();
    expect(await screen.findByText(/blocks notifications.*site settings/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Turn on" })).toBeNull();
  });

  it("is turned on and off", async () => {
    const { subscribe } = browser("granted", false);
    const { calls, user } = show(["https://push.example.net/send/other"]);
    expect(await screen.findByText("On in 1 other browser.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Turn on" }));
    expect(await screen.findByText(/are on in this browser/)).toBeTruthy();
    expect(subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: "public" });
    expect(sent(calls, "POST")).toEqual({ endpoint: ENDPOINT, keys: KEYS });
    await user.click(screen.getByRole("button", { name: "Turn off" }));
    expect(await screen.findByText("Notifications are off in this browser.")).toBeTruthy();
    expect(calls.find(({ method }) => method === "DELETE")?.path).toContain(encodeURIComponent(ENDPOINT));
  });

  it("ends with the session", async () => {
    const manager = browser("granted", true);
    const calls = answerWith({ "DELETE /api/notifications/push": { status: 204 } });
    renderWith(<LogOutButton />);
    await userEvent.click(screen.getByRole("button", { name: "Log out" }));
    await waitFor(() => expect(calls.map(({ method }) => method)).toEqual(["DELETE", "POST"]));
    expect(manager.own).toBeNull();
  });

  it("is kept by the session that is there now", async () => {
    browser("granted", true);
    const calls = answerWith({
      "GET /api/notifications/push": { json: { public_key: "public", subscriptions: [{ endpoint: ENDPOINT }] } },
      "POST /api/notifications/push": { status: 201, json: {} },
      "GET *": { json: [] },
    });
    renderWith(<Notifier />);
    await waitFor(() => expect(sent(calls, "POST")).toEqual({ endpoint: ENDPOINT, keys: KEYS }));
  });

  it("is renewed when the server has forgotten the browser", async () => {
    const manager = browser("granted", true);
    const { user } = show([]);
    expect(await screen.findByText(/subscription of this browser has ended/)).toBeTruthy();
    const old = manager.own;
    await user.click(screen.getByRole("button", { name: "Turn on" }));
    expect(await screen.findByText(/are on in this browser/)).toBeTruthy();
    expect(old?.unsubscribe).toHaveBeenCalled();
  });

  it("leaves nothing behind when the server refuses", async () => {
    const manager = browser("granted", false);
    const { user } = show([], {}, { "POST /api/notifications/push": problem(503, "unavailable") });
    await user.click(await screen.findByRole("button", { name: "Turn on" }));
    expect(await screen.findByText(/server has a problem/)).toBeTruthy();
    await waitFor(() => expect(manager.own).toBeNull());
  });

  it("says so when the push service cannot be reached", async () => {
    browser("granted", false).subscribe.mockRejectedValueOnce(new DOMException("no", "AbortError"));
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: "Turn on" }));
    expect(await screen.findByText(/cannot reach its push service/)).toBeTruthy();
  });
});

describe("a test message", () => {
  it.each([
    [{ email: true, browsers: 2 }, `On its way to ${USER.email} and 2 browsers.`],
    [{ email: false, browsers: 1 }, "On its way to 1 browser."],
    [{ email: false, browsers: 0 }, /nowhere to send it to yet/],
  ])("%o", async (json, said) => {
    const { user } = show([], {}, { "POST /api/notifications/test": { status: 202, json } });
    await user.click(await screen.findByRole("button", { name: "Send a test" }));
    expect(await screen.findByText(said)).toBeTruthy();
  });

  it("says when there may be another", async () => {
    const refused = { ...problem(429, "too_many_tests"), headers: { "retry-after": "600" } };
    const { user } = show([], {}, { "POST /api/notifications/test": refused });
    await user.click(await screen.findByRole("button", { name: "Send a test" }));
    expect(await screen.findByText("Too many requests. Try again in 600 s.")).toBeTruthy();
  });
});
