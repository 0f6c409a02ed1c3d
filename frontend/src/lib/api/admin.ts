import type * as api from "./generated/types.gen";
import type { Http } from "./http";

/** What the API calls an action on an account that answers nothing. */
export type AccountAction = "disable" | "enable" | "promote" | "demote" | "end-sessions";

/** The calls of administrators. */
export function adminCalls({ request }: Http) {
  return {
    getAccounts: (query: api.ListUsersData["query"], signal?: AbortSignal) =>
      request<api.Account[]>("GET", "/api/admin/users", { query, signal }),
    act: (id: string, action: AccountAction) => request<void>("POST", `/api/admin/users/${id}/${action}`),
    makeResetLink: (id: string) => request<api.ResetLink>("POST", `/api/admin/users/${id}/reset-link`),
    deleteAccount: (id: string) => request<void>("DELETE", `/api/admin/users/${id}`),

    getInvitations: (signal?: AbortSignal) => request<api.Invitation[]>("GET", "/api/admin/invitations", { signal }),
    invite: (json: api.InviteData["body"]) => request<api.NewInvitation>("POST", "/api/admin/invitations", { json }),
    withdrawInvitation: (id: string) => request<void>("DELETE", `/api/admin/invitations/${id}`),
  };
}
