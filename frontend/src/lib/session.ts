import type { Api } from "./api/endpoints";
import { ApiError } from "./api/errors";
import type { TokenSource } from "./api/http";
import type { Tokens, User } from "./api/types";
import { withLock } from "./locks";
import { mayHaveSession, noteSession } from "./session-note";
import { createStore, type Readable } from "./store";

export type SessionState =
  | { status: "starting" }
  | { status: "unreachable"; error: unknown }
  | { status: "signed-out"; reason: "no-session" | "ended" | "logged-out" }
  | { status: "signed-in"; user: User; token: string; expiresAt: number };

type Message =
  | { type: "signed-in"; user: User; token: string; expiresAt: number }
  | { type: "signed-out" }
  | { type: "hello" };

/**
 * Who is signed in. The access token is in memory only; the refresh token is an HttpOnly cookie that all tabs share, so
 * one tab at a time renews (a lock) and sends the result to the others.
 */
export interface Session extends Readable<SessionState>, TokenSource {
  /** Signs in with the cookie, unless another tab sends its session. Later calls return the promise of the first. */
  start(): Promise<void>;
  resume(): Promise<void>;
  /** For the sign-in and sign-up pages: follows the other tabs, but does not try the cookie. */
  followOtherTabs(): void;
  /** Gives the token with which the log-in goes on where a second factor is on; "" when it is done. */
  logIn(email: string, password: string): Promise<string>;
  /** Signs in with the tokens of another way to log in. */
  accept(tokens: Tokens): void;
  logOut(everywhere?: boolean): Promise<void>;
  /** The session is over (logged out, ended elsewhere, account deleted): here and in every other tab. */
  end(reason: "ended" | "logged-out"): void;
  setUser(user: User): void;
  /** A token other than the refused one; null when the session has ended; throws when the server cannot be asked. */
  renew(refused: string | null): Promise<string | null>;
}

const RENEW_BEFORE_MS = 20_000;
const NAME = "todobus-session";

/** `remembered` is who was signed in last in this browser, where it knows. */
export function createSession(api: Api, remembered: () => Promise<User | null> = async () => null): Session {
  const state = createStore<SessionState>({ status: "starting" });
  let channel: BroadcastChannel | null = null;
  let started: Promise<void> | null = null;
  let leaving = false;

  function openChannel(): void {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = (event: MessageEvent<Message>) => receive(event.data);
  }

  function start(): Promise<void> {
    if (!started) {
      openChannel();
      started = resume();
    }
    return started;
  }

  async function resume(): Promise<void> {
    if (!mayHaveSession()) return state.set({ status: "signed-out", reason: "no-session" });
    const renewing = renew(null);
    // Until the server has answered, and without a network, the one who was signed in sees what is kept here.
    renewing.catch(() => undefined);
    const user = await remembered();
    if (user && isUnknown()) state.set({ status: "signed-in", user, token: "", expiresAt: 0 });
    try {
      await renewing;
    } catch (error) {
      if (isUnknown()) state.set({ status: "unreachable", error });
    }
  }

  const isUnknown = () => ["starting", "unreachable"].includes(state.get().status);

  function followOtherTabs(): void {
    if (channel) return;
    openChannel();
    post({ type: "hello" });
    state.set((known) => (known.status === "starting" ? { status: "signed-out", reason: "no-session" } : known));
  }

  async function logOut(everywhere = false): Promise<void> {
    leaving = true;
    try {
      await (everywhere ? api.logOutEverywhere() : api.logOut());
      end("logged-out");
    } finally {
      leaving = false;
    }
  }

  function end(reason: "ended" | "logged-out"): void {
    // The stream may hear of a log-out before the call is answered.
    signOut(leaving ? "logged-out" : reason);
    post({ type: "signed-out" });
  }

  /** What is heard later, by the stream or a renewal under way, does not change why. */
  function signOut(reason: "no-session" | "ended" | "logged-out"): void {
    noteSession(false);
    state.set((known) => (known.status === "signed-out" ? known : { status: "signed-out", reason }));
  }

  function setUser(user: User): void {
    state.set((known) => (known.status === "signed-in" ? { ...known, user } : known));
    announce();
  }

  function renew(refused: string | null): Promise<string | null> {
    return withLock(NAME, async () => {
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
    if (state.get().status === "signed-in") return end("ended");
    signOut("no-session");
  }

  function accept(tokens: Tokens): string {
    const expiresAt = Date.now() + tokens.expires_in * 1000;
    noteSession(true);
    state.set({ status: "signed-in", user: tokens.user, token: tokens.access_token, expiresAt });
    announce();
    return tokens.access_token;
  }

  function announce(): void {
    const known = state.get();
    if (known.status !== "signed-in" || !known.token) return;
    const { user, token, expiresAt } = known;
    post({ type: "signed-in", user, token, expiresAt });
  }

  function post(message: Message): void {
    channel?.postMessage(message);
  }

  function receive(message: Message): void {
    if (message.type === "hello") return announce();
    if (message.type === "signed-in") return state.set({ ...message, status: "signed-in" });
    if (state.get().status === "signed-in") state.set({ status: "signed-out", reason: "ended" });
  }

  function freshToken(): string | null {
    const known = state.get();
    return known.status === "signed-in" && known.expiresAt - RENEW_BEFORE_MS > Date.now() ? known.token : null;
  }

  return {
    get: state.get,
    subscribe: state.subscribe,
    start,
    resume,
    followOtherTabs,
    async logIn(email, password) {
      const { data } = await api.logIn(email, password);
      if ("mfa_token" in data) return data.mfa_token;
      accept(data);
      return "";
    },
    accept,
    logOut,
    end,
    setUser,
    renew,
    current: async () => (state.get().status === "signed-in" ? (freshToken() ?? renew(null)) : null),
  };
}
