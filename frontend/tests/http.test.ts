import { beforeEach, describe, expect, it } from "vitest";
import { ApiError, ConnectionError, isPassing, describe as say } from "@/lib/api/errors";
import { createHttp, type TokenSource } from "@/lib/api/http";
import { answerWith, problem } from "./support";

let { request } = createHttp(withoutToken());

function withoutToken(): TokenSource {
  return { current: async () => null, renew: async () => null };
}

function takeTokensFrom(source: TokenSource): void {
  ({ request } = createHttp(source));
}

async function failureOf(path = "/api/todos"): Promise<unknown> {
  return request("GET", path).then(
    () => expect.unreachable("the call should have failed"),
    (error) => error,
  );
}

beforeEach(() => takeTokensFrom(withoutToken()));

describe("the API client", () => {
  it("sends the token, the query and the body, and gives data and headers", async () => {
    takeTokensFrom({ current: async () => "secret", renew: async () => null });
    const calls = answerWith({
      "POST /api/todos": { status: 201, json: { id: "1" }, headers: { "todo-sequence": "7" } },
    });
    const answer = await request("POST", "/api/todos", { json: { title: "x" }, query: { a: 1, b: undefined } });
    expect(answer.data).toEqual({ id: "1" });
    expect(answer.headers.get("todo-sequence")).toBe("7");
    expect(calls[0]?.path).toBe("/api/todos?a=1");
    expect(calls[0]?.headers.get("authorization")).toBe("Bearer secret");
    expect(calls[0]?.body).toEqual({ title: "x" });
  });

  it("sends no token with the calls of the session itself", async () => {
    takeTokensFrom({ current: async () => "secret", renew: async () => null });
    const calls = answerWith({ "POST /api/auth/login": { json: {} } });
    await request("POST", "/api/auth/login", { json: {}, anonymous: true });
    expect(calls[0]?.headers.has("authorization")).toBe(false);
  });

  it("reads no body where there is none", async () => {
    answerWith({ "DELETE /api/todos/1": { status: 204 }, "GET /api/todos": { status: 304 } });
    expect((await request("DELETE", "/api/todos/1")).data).toBeUndefined();
    expect((await request("GET", "/api/todos")).status).toBe(304);
  });
});

describe("a refused token", () => {
  it("is renewed once and the call is sent again", async () => {
    takeTokensFrom({ current: async () => "old", renew: async (refused) => (refused === "old" ? "new" : null) });
    const calls = answerWith({
      "GET /api/todos": ({ headers }) =>
        headers.get("authorization") === "Bearer new" ? { json: [] } : problem(401, "invalid_token"),
    });
    expect((await request("GET", "/api/todos")).data).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  it("is not renewed for ever", async () => {
    takeTokensFrom({ current: async () => "old", renew: async () => "new" });
    const calls = answerWith({ "GET /api/todos": problem(401, "invalid_token") });
    expect(await failureOf()).toMatchObject({ status: 401 });
    expect(calls).toHaveLength(2);
  });

  it("is the end when there is no other", async () => {
    takeTokensFrom({ current: async () => "old", renew: async () => null });
    const calls = answerWith({ "GET /api/todos": problem(401, "invalid_token") });
    expect(await failureOf()).toBeInstanceOf(ApiError);
    expect(calls).toHaveLength(1);
  });
});

describe("every kind of error", () => {
  it.each([400, 401, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422, 429, 431, 500, 502, 503, 504])(
    "%i is an ApiError with its code, detail and request id",
    async (status) => {
      answerWith({ "GET /api/todos": problem(status, "some_code", { detail: "Something is so." }) });
      const error = (await failureOf()) as ApiError;
      expect(error).toBeInstanceOf(ApiError);
      expect(error.status).toBe(status);
      expect(error.code).toBe("some_code");
      expect(error.problem.request_id).toBe("request-1");
      expect(say(error)).not.toBe("");
      expect(isPassing(error)).toBe([429, 502, 503, 504].includes(status));
    },
  );

  it("finds the message of a field in a 422", async () => {
    const errors = [{ pointer: "/email", detail: "is no address" }];
    answerWith({ "GET /api/todos": problem(422, "invalid", { errors }) });
    const error = (await failureOf()) as ApiError;
    expect(error.field("email")).toBe("is no address");
    expect(error.field("password")).toBeUndefined();
    expect(say(error)).toBe("is no address");
  });

  it("keeps how long to wait, and the current version of a 412", async () => {
    answerWith({
      "GET /api/a": { ...problem(429, "too_many"), headers: { "retry-after": "7" } },
      "GET /api/b": { ...problem(412, "stale"), headers: { etag: '"9"' } },
    });
    expect(say(await failureOf("/api/a"))).toContain("7 s");
    expect(await failureOf("/api/b")).toMatchObject({ etag: '"9"' });
  });

  it("takes an error page of something in between for what it is", async () => {
    answerWith({ "GET /api/todos": { status: 502, text: "<h1>Bad gateway</h1>", headers: { "x-request-id": "r" } } });
    const error = (await failureOf()) as ApiError;
    expect(error.status).toBe(502);
    expect(error.problem.request_id).toBe("r");
    expect(say(error)).not.toContain("<h1>");
  });

  it("tells a connection that fails or breaks off from an answer", async () => {
    answerWith({
      "GET /api/a": () => {
        throw new TypeError("failed to fetch");
      },
      "GET /api/b": { status: 200, text: '[{"id":' },
    });
    for (const path of ["/api/a", "/api/b"]) {
      const error = await failureOf(path);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(isPassing(error)).toBe(true);
      expect(say(error)).toContain("cannot be reached");
    }
  });

  it("leaves a call that was given up alone", async () => {
    const stop = new AbortController();
    stop.abort();
    answerWith({
      "GET /api/todos": () => {
        throw new DOMException("aborted", "AbortError");
      },
    });
    await expect(request("GET", "/api/todos", { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});
