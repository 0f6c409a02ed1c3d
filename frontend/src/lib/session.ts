import * as api from "./api/endpoints";
import { ApiError } from "./api/errors";
import { takeTokensFrom } from "./api/http";
import type { Tokens, User } from "./api/types";
import { withLock } from "./locks";
import { mayHaveSession, noteSession } from "./session-note";
import { createStore, useStore } from "./store";

/**
 * Who is signed in. The access token lives in memory only; the refresh token is an HttpOnly cookie that all tabs
 * share, so one tab at a time renews (a lock) and tells the others.
 */
export type SessionState =
  | { status: "starting" }
  | { status: "unreachable"; error: unknown }
  | { status: "signed-out"; reason: "nobody" | "ended" | "logged-out" }
  | { status: "signed-in"; user: User; token: string; expiresAt: number };

type Message =
  | { type: "signed-in"; user: User; token: string; expiresAt: number }
  | { type: "signed-out" }
  | { type: "hello" };

const RENEW_BEFORE = 20_000;
const LOCK = "todobus-session";

export const session = createStore<SessionState>({ status: "starting" });
export const useSession = () => useStore(session, { status: "starting" } as SessionState);

let channel: BroadcastChannel | null = null;
let started: Promise<void> | null = null;

/** Signs in with the cookie, or asks nobody when another tab already knows. Runs once per page. */
export function startSession(): Promise<void> {
  started ??= (async () => {
    channel = new BroadcastChannel("todobus-session");
    channel.onmessage = (event: MessageEvent<Message>) => hear(event.data);
    await resumeSession();
  })();
  return started;
}

export async function resumeSession(): Promise<void> {
  if (!mayHaveSession()) return session.set({ status: "signed-out", reason: "nobody" });
  try {
    await renew(null);
  } catch (error) {
    session.set({ status: "unreachable", error });
  }
}

/** The sign-in and sign-up pages follow the other tabs but do not try the cookie: nobody is expected there. */
export function followOtherTabs(): void {
  if (channel) return;
  channel = new BroadcastChannel("todobus-session");
  channel.onmessage = (event: MessageEvent<Message>) => hear(event.data);
  channel.postMessage({ type: "hello" } satisfies Message);
  session.set((state) => (state.status === "starting" ? { status: "signed-out", reason: "nobody" } : state));
}

export async function logIn(email: string, password: string): Promise<void> {
  accept((await api.logIn(email, password)).data);
}

export async function logOut(everywhere = false): Promise<void> {
  await (everywhere ? api.logOutEverywhere() : api.logOut());
  end("logged-out");
}

/** The session is over (logged out, ended elsewhere, account gone): here and in every other tab. */
export function end(reason: "ended" | "logged-out"): void {
  noteSession(false);
  session.set({ status: "signed-out", reason });
  channel?.postMessage({ type: "signed-out" } satisfies Message);
}

export function setUser(user: User): void {
  session.set((state) => (state.status === "signed-in" ? { ...state, user } : state));
  announce();
}

/** A token other than the refused one; null when the session has ended; throws when nobody can be asked. */
export function renew(refused: string | null): Promise<string | null> {
  return withLock(LOCK, async () => {
    const known = freshToken();
    if (known && known !== refused) return known;
    try {
      return accept((await api.refresh()).data);
    } catch (error) {
      if (!(error instanceof ApiError) || ![400, 401, 403, 422].includes(error.status)) throw error;
      leave();
      return null;
    }
  });
}

function leave(): void {
  if (session.get().status === "signed-in") return end("ended");
  noteSession(false);
  session.set({ status: "signed-out", reason: "nobody" });
}

function accept(tokens: Tokens): string {
  const expiresAt = Date.now() + tokens.expires_in * 1000;
  noteSession(true);
  session.set({ status: "signed-in", user: tokens.user, token: tokens.access_token, expiresAt });
  announce();
  return tokens.access_token;
}

function announce(): void {
  const state = session.get();
  if (state.status !== "signed-in") return;
  const { user, token, expiresAt } = state;
  channel?.postMessage({ type: "signed-in", user, token, expiresAt } satisfies Message);
}

function hear(message: Message): void {
  if (message.type === "hello") return announce();
  if (message.type === "signed-in") return session.set({ ...message, status: "signed-in" });
  if (session.get().status === "signed-in") session.set({ status: "signed-out", reason: "ended" });
}

function freshToken(): string | null {
  const state = session.get();
  return state.status === "signed-in" && state.expiresAt - RENEW_BEFORE > Date.now() ? state.token : null;
}

takeTokensFrom({
  async current() {
    return session.get().status === "signed-in" ? (freshToken() ?? renew(null)) : null;
  },
  renew,
});
