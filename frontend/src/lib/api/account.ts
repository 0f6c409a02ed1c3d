import type * as api from "./generated/types.gen";
import type { Http } from "./http";
import type { ImportReport, User } from "./types";

/** The calls of the settings: the account, and its data as a whole. */
export function accountCalls({ request, send }: Http) {
  return {
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
