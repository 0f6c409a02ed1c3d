import type * as api from "./generated/types.gen";
import type { Http } from "./http";
import type { ApiToken, CreatedApiToken, Session } from "./types";

/** The calls about what lets somebody into the account, and what has happened to it. */
export function securityCalls({ request }: Http) {
  return {
    getSecurity: (signal?: AbortSignal) => request<api.Security>("GET", "/api/auth/security", { signal }),

    reauthenticate: (json: api.ReauthenticateData["body"]) =>
      request<void>("POST", "/api/auth/reauthenticate", { json }),

    changeEmail: (json: api.ChangeEmailData["body"]) => request<void>("POST", "/api/auth/email", { json }),
    resendVerification: () => request<void>("POST", "/api/auth/verify-email/resend"),
    changePassword: (json: api.ChangePasswordData["body"]) => request<void>("POST", "/api/auth/password", { json }),

    getPasskeys: (signal?: AbortSignal) => request<api.Passkey[]>("GET", "/api/auth/passkeys", { signal }),
    getNewPasskeyOptions: () => request<api.PasskeyOptions>("POST", "/api/auth/passkeys/options"),
    addPasskey: (json: api.AddPasskeyData["body"]) => request<api.Passkey>("POST", "/api/auth/passkeys", { json }),
    renamePasskey: (id: string, name: string) =>
      request<api.Passkey>("PATCH", `/api/auth/passkeys/${id}`, { json: { name } }),
    removePasskey: (id: string) => request<void>("DELETE", `/api/auth/passkeys/${id}`),

    enrolAuthenticator: () => request<api.Enrolment>("POST", "/api/auth/totp"),
    confirmAuthenticator: (code: string) =>
      request<api.RecoveryCodes>("POST", "/api/auth/totp/confirm", { json: { code } }),
    removeAuthenticator: () => request<void>("DELETE", "/api/auth/totp"),

    getIdentities: (signal?: AbortSignal) => request<api.Identity[]>("GET", "/api/auth/identities", { signal }),
    removeIdentity: (id: string) => request<void>("DELETE", `/api/auth/identities/${id}`),

    getSessions: (signal?: AbortSignal) => request<Session[]>("GET", "/api/auth/sessions", { signal }),
    endSession: (id: string) => request<void>("DELETE", `/api/auth/sessions/${id}`),

    getApiTokens: (signal?: AbortSignal) => request<ApiToken[]>("GET", "/api/tokens", { signal }),
    createApiToken: (json: api.CreateTokenData["body"]) => request<CreatedApiToken>("POST", "/api/tokens", { json }),
    endApiToken: (id: string) => request<void>("DELETE", `/api/tokens/${id}`),

    /** Entries older than the one with this id, newest first. */
    getActivity: (before: number | undefined, limit: number, signal?: AbortSignal) =>
      request<api.Activity[]>("GET", "/api/auth/activity", { query: { before, limit }, signal }),
  };
}
