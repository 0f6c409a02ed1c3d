import { ConnectionError, errorFrom } from "./errors";

export interface Call {
  query?: Record<string, string | number | boolean | null | undefined>;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Calls of the session itself (login, refresh) carry no token. */
  anonymous?: boolean;
}

/** A write is the command of this id, which it can be undone by; sent again it does nothing twice. */
export const asCommand = (key: string) => ({ "idempotency-key": key });

export interface Answer<T> {
  data: T;
  headers: Headers;
  status: number;
}

/** Where the token comes from: this file knows nothing of sessions. */
export interface TokenSource {
  /** A token that is valid for some seconds more, or null without a session. */
  current(): Promise<string | null>;
  /** Called after a 401: another token than the refused one, or null. */
  renew(refused: string): Promise<string | null>;
}

export interface Http {
  /** Sends a call with the token, once more with a renewed one after a 401; throws ApiError or ConnectionError. */
  send(method: string, path: string, call?: Call): Promise<Response>;
  /** The same, with the body read as JSON. */
  request<T>(method: string, path: string, call?: Call): Promise<Answer<T>>;
}

export function createHttp(tokens: TokenSource): Http {
  async function send(method: string, path: string, call: Call = {}): Promise<Response> {
    const token = call.anonymous ? null : await tokens.current();
    let response = await transmit(method, path, call, token);
    if (response.status === 401 && token) {
      const renewed = await tokens.renew(token);
      if (renewed) response = await transmit(method, path, call, renewed);
    }
    if (!response.ok && response.status !== 304) throw await errorFrom(response);
    return response;
  }
  return { send, request: async (method, path, call) => answerOf(await send(method, path, call)) };
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const data = isEmpty(response) ? undefined : await read(response);
  return { data: data as T, headers: response.headers, status: response.status };
}

function isEmpty({ status, headers }: Response): boolean {
  return status === 204 || status === 304 || headers.get("content-length") === "0";
}

async function read(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new ConnectionError(error);
  }
}

async function transmit(method: string, path: string, call: Call, token: string | null): Promise<Response> {
  const headers = new Headers(call.headers);
  if (token) headers.set("authorization", `Bearer ${token}`);
  if (call.json !== undefined) headers.set("content-type", "application/json");
  const body = call.json === undefined ? call.body : JSON.stringify(call.json);
  try {
    return await fetch(path + queryString(call.query), { method, headers, body, signal: call.signal });
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new ConnectionError(error);
  }
}

function queryString(query: Call["query"]): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
}
