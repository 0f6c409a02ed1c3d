import type { Problem } from "./types";

/**
 * Every way a call can fail:
 *
 * ApiError          the API answered with a problem document (or with something that is none)
 * ConnectionError   no answer came: offline, the server is down, the connection broke
 * Refusal           the person or the browser did not do what the call needs; its message says so
 */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    readonly status: number,
    readonly problem: Problem,
    readonly retryAfter: number | null = null,
    readonly etag: string | null = null,
  ) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
  }

  get code(): string {
    return this.problem.code ?? "";
  }

  /** The message for one field of a 422, or undefined. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((error) => error.pointer.split("/").pop() === name)?.detail;
  }
}

export class ConnectionError extends Error {
  override name = "ConnectionError";

  constructor(cause?: unknown) {
    super("The server cannot be reached.", { cause });
  }
}

export class Refusal extends Error {
  override name = "Refusal";
}

const PASSING = new Set([429, 502, 503, 504]);

/** Whether the same call may succeed a little later. */
export function isPassing(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ApiError && PASSING.has(error.status));
}

/** null where what the call is about is gone already. */
export async function orGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}

/** A sentence for the person in front of the screen. */
export function describe(error: unknown): string {
  if (error instanceof ConnectionError) return "The server cannot be reached. Check your connection.";
  if (error instanceof Refusal) return error.message;
  if (!(error instanceof ApiError)) return "Something went wrong.";
  if (error.status === 429) return `Too many requests. Try again in ${error.retryAfter ?? 1} s.`;
  if (error.status >= 500) return "The server has a problem right now. Try again in a moment.";
  return error.problem.errors?.[0]?.detail ?? error.message;
}

export function requestId(error: unknown): string | undefined {
  return error instanceof ApiError ? error.problem.request_id : undefined;
}

export async function errorFrom(response: Response): Promise<ApiError> {
  const retryAfter = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  return new ApiError(
    response.status,
    await problemFrom(response),
    Number.isNaN(retryAfter) ? null : retryAfter,
    response.headers.get("etag"),
  );
}

async function problemFrom(response: Response): Promise<Problem> {
  const fallback = { status: response.status, request_id: response.headers.get("x-request-id") ?? undefined };
  if (!response.headers.get("content-type")?.includes("json")) return fallback;
  const body = await response.json().catch(() => null);
  return body && typeof body === "object" ? { ...fallback, ...body } : fallback;
}
