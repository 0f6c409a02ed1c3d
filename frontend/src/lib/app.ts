import { QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { type Api, createApi } from "./api/endpoints";
import { isPassing } from "./api/errors";
import { createHttp, type TokenSource } from "./api/http";
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
  const api = createApi(createHttp(tokens));
  const session = createSession(api);
  const preferences = createPreferences();
  const client = new QueryClient({ defaultOptions: { queries: QUERIES } });
  const notices = createNotices();
  clearOnChange(session, client, notices);
  return {
    api,
    client,
    session,
    preferences,
    notices,
    questions: createQuestions(),
    shortcuts: createShortcuts(preferences),
    live: createStore<StreamState>("connecting"),
  };
}

/** The data of one user is cleared when the session ends or is another user's. */
function clearOnChange(session: Session, client: QueryClient, notices: Notices): void {
  let userId: string | null = null;
  session.subscribe(() => {
    const state = session.get();
    const next = state.status === "signed-in" ? state.user.id : null;
    if (userId !== null && next !== userId) {
      client.clear();
      notices.clear();
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

const STARTING: SessionState = { status: "starting" };

export function useSession(): SessionState {
  return useStore(useApp().session, STARTING);
}
