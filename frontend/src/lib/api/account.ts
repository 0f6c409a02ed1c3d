import type * as api from "./generated/types.gen";
import type { Http } from "./http";
import type { ApiToken, CreatedApiToken, ImportReport, Session, User } from "./types";

/** The calls of the settings: the account, its ways in, and its data as a whole. */
export function accountCalls({ request, send }: Http) {
  return {
    getSessions: (signal?: AbortSignal) => request<Session[]>("GET", "/api/auth/sessions", { signal }),
    endSession: (id: string) => request<void>("DELETE", `/api/auth/sessions/${id}`),

    reauthenticate: (json: api.ReauthenticateData["body"]) =>
      request<void>("POST", "/api/auth/reauthenticate", { json }),

    getApiTokens: (signal?: AbortSignal) => request<ApiToken[]>("GET", "/api/tokens", { signal }),
    createApiToken: (json: api.CreateTokenData["body"]) => request<CreatedApiToken>("POST", "/api/tokens", { json }),
    endApiToken: (id: string) => request<void>("DELETE", `/api/tokens/${id}`),

    changePassword: (json: api.ChangePasswordData["body"]) => request<void>("POST", "/api/auth/password", { json }),

    updateUser: (json: api.UpdateMeData["body"]) => request<User>("PATCH", "/api/users/me", { json }),
    deleteUser: (json: api.DeleteMeData["body"]) => request<void>("DELETE", "/api/users/me", { json }),

    exportTodos: (format: "json" | "csv") => send("GET", "/api/export", { query: { format } }),

    importTodos: (file: Blob, type: string, dryRun: boolean) =>
      request<ImportReport>("POST", "/api/import", {
        query: { dry_run: dryRun },
        body: file,
        headers: { "content-type": type },
      }),
  };
}
