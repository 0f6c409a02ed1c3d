import { beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "@/lib/api/endpoints";
import { ApiError, ConnectionError } from "@/lib/api/errors";
import { createHttp, type Http } from "@/lib/api/http";
import { createSession, type Session } from "@/lib/session";
import { mayHaveSession, noteSession } from "@/lib/session-note";
import { answerWith, problem, USER } from "./support";

let issued = 0;
const tokens = (expires_in = 300) => {
  issued += 1;
  return { json: { access_token: `token-${issued}`, token_type: "Bearer", expires_in, user: USER } };
};

let session: Session;
let request: Http["request"];

beforeEach(() => {
  const http = createHttp({ current: () => session.current(), renew: (refused) => session.renew(refused) });
  request = http.request;
  session = createSession(createApi(http));
  noteSession(true);
});

describe("the session", () => {
  it("is resumed with the cookie, without a token in any storage", async () => {
    const calls = answerWith({ "POST /api/auth/refresh": () => tokens() });
    await session.resume();
    expect(session.get()).toMatchObject({ status: "signed-in", user: USER });
    expect(calls[0]?.headers.has("authorization")).toBe(false);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("token-");
  });

  it("is nobody's when the cookie is refused", async () => {
    answerWith({ "POST /api/auth/refresh": problem(401, "invalid_grant") });
    await session.resume();
    expect(session.get()).toEqual({ status: "signed-out", reason: "no-session" });
    expect(mayHaveSession()).toBe(false);
  });

  it("is nobody's, without a call, in a browser that has had none", async () => {
    noteSession(false);
    const calls = answerWith({ "POST /api/auth/refresh": () => tokens() });
    await session.resume();
    expect(session.get()).toEqual({ status: "signed-out", reason: "no-session" });
    expect(calls).toHaveLength(0);
  });

  it.each([503, 429])("waits when the server answers %i: that ends no session", async (status) => {
    answerWith({ "POST /api/auth/refresh": problem(status, "later") });
    await session.resume();
    expect(session.get().status).toBe("unreachable");
  });

  it("asks for the cookie at log-in", async () => {
    const calls = answerWith({ "POST /api/auth/login": () => tokens() });
    await session.logIn("mia@example.org", "correct horse battery");
    expect(calls[0]?.body).toMatchObject({ refresh: "cookie" });
    expect(session.get().status).toBe("signed-in");
    expect(document.cookie).toBe("todobus_session=1");
  });

  it("renews before the token is too old, and once for many calls", async () => {
    const calls = answerWith({
      "POST /api/auth/login": () => tokens(10),
      "POST /api/auth/refresh": () => tokens(),
      "GET /api/todos": { json: [] },
    });
    serialLocks();
    await session.logIn("mia@example.org", "x");
    await Promise.all([1, 2, 3].map(() => request("GET", "/api/todos")));
    expect(calls.filter((call) => call.path === "/api/auth/refresh")).toHaveLength(1);
    const used = calls.filter((call) => call.path === "/api/todos").map((call) => call.headers.get("authorization"));
    expect(new Set(used)).toEqual(new Set([`Bearer token-${issued}`]));
  });

  it("ends when the refresh is refused in the middle", async () => {
    answerWith({
      "POST /api/auth/login": () => tokens(),
      "POST /api/auth/refresh": problem(401, "invalid_grant"),
      "GET /api/todos": problem(401, "invalid_token"),
    });
    await session.logIn("mia@example.org", "x");
    await expect(request("GET", "/api/todos")).rejects.toBeInstanceOf(ApiError);
    expect(session.get()).toEqual({ status: "signed-out", reason: "ended" });
  });

  it("does not end because the network is gone", async () => {
    answerWith({
      "POST /api/auth/login": () => tokens(),
      "POST /api/auth/refresh": () => {
        throw new TypeError("offline");
      },
    });
    await session.logIn("mia@example.org", "x");
    await expect(session.renew(`token-${issued}`)).rejects.toBeInstanceOf(ConnectionError);
    expect(session.get().status).toBe("signed-in");
  });

  it("is over after logging out, and stays when that did not work", async () => {
    let works = false;
    answerWith({
      "POST /api/auth/login": () => tokens(),
      "POST /api/auth/logout": () => (works ? { status: 204 } : problem(503, "later")),
    });
    await session.logIn("mia@example.org", "x");
    await expect(session.logOut()).rejects.toBeInstanceOf(ApiError);
    expect(session.get().status).toBe("signed-in");
    works = true;
    await session.logOut();
    expect(session.get()).toEqual({ status: "signed-out", reason: "logged-out" });
    expect(mayHaveSession()).toBe(false);
  });

  it("ended for the reason that was known first, whatever the stream says later", async () => {
    answerWith({ "POST /api/auth/login": () => tokens(), "POST /api/auth/logout": { status: 204 } });
    await session.logIn("mia@example.org", "x");
    await session.logOut();
    session.end("ended");
    expect(session.get()).toEqual({ status: "signed-out", reason: "logged-out" });
  });
});

/** Web Locks for one page, which jsdom does not have: one holder at a time. */
function serialLocks(): void {
  let last: Promise<unknown> = Promise.resolve();
  const requestLock = (_name: string, work: () => Promise<unknown>) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator), { locks: { request: requestLock } }));
}
