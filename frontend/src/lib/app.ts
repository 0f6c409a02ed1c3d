import { QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { type Api, createApi } from "./api/endpoints";
import { isPassing } from "./api/errors";
import { createHttp, type Http, type TokenSource } from "./api/http";
import type { StreamState } from "./live/stream";
import { createNotices, type Notices } from "./notices";
import { createPreferences, type PreferencesStore } from "./preferences";
import { createQuestions, type Questions } from "./questions";
import { createSession, type Session, type SessionState } from "./session";
import { createShortcuts, type Shortcuts } from "./shortcuts";
import { createStore, type Store, useStore } from "./store";

/** The state of one loaded page: <Providers> makes it, each test makes its own, and no module keeps any. */
export interface App {
  api: Api;
  /** What `useCalls` makes the calls of one page with. */
  http: Http;
  client: QueryClient;
  session: Session;
  preferences: PreferencesStore;
  notices: Notices;
  questions: Questions;
  shortcuts: Shortcuts;
  /** The state of the event stream, of whichever tab holds it. */
  live: Store<StreamState>;
}

const RETRIES = 3;
const QUERIES = {
  refetchOnWindowFocus: false,
  retry: (failures: number, error: unknown) => isPassing(error) && failures < RETRIES,
};

export function createApp(): App {
  const tokens: TokenSource = { current: () => session.current(), renew: (refused) => session.renew(refused) };
  const http = createHttp(tokens);
  const api = createApi(http);
  const session = createSession(api, async () => {
    const { rememberedUser } = await loadRemembered();
    return rememberedUser();
  });
  const preferences = createPreferences();
  const client = new QueryClient({ defaultOptions: { queries: QUERIES } });
  const notices = createNotices();
  clearOnChange(session, client, notices);
  return {
    api,
    http,
    client,
    session,
    preferences,
    notices,
    questions: createQuestions(),
    shortcuts: createShortcuts(preferences),
    live: createStore<StreamState>("connecting"),
  };
}

const loadRemembered = () => import("./offline/remembered");

/** The data of one user is cleared when the session ends or is another user's. */
function clearOnChange(session: Session, client: QueryClient, notices: Notices): void {
  let userId: string | null = null;
  session.subscribe(() => {
    const state = session.get();
    const next = state.status === "signed-in" ? state.user.id : null;
    if (userId !== null && next !== userId) {
      client.clear();
      notices.clear();
      const left = userId;
      const loggedOut = state.status === "signed-out" && state.reason === "logged-out";
      void loadRemembered().then(({ forgetUser }) => forgetUser(left, loggedOut));
    }
    userId = next;
  });
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("useApp needs an AppContext");
  return app;
}

/** The calls of a file of `api/` that loads with the page that makes them. */
export function useCalls<Calls>(make: (http: Http) => Calls): Calls {
  const { http } = useApp();
  return useMemo(() => make(http), [make, http]);
}

const STARTING: SessionState = { status: "starting" };

export function useSession(): SessionState {
  return useStore(useApp().session, STARTING);
}
