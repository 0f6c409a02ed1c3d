import type * as api from "./generated/types.gen";
import { asCommand, type Http } from "./http";
import type { ListedCommand } from "./types";

/** What was done, and taking it back. */
export function commandCalls({ request }: Http) {
  return {
    getCommands: (query: api.ListCommandsData["query"], signal?: AbortSignal) =>
      request<ListedCommand[]>("GET", "/api/commands", { query, signal }),

    undo: (id: string, key: string, force?: boolean) =>
      request<api.Undone>("POST", `/api/commands/${id}/undo`, { query: { force }, headers: asCommand(key) }),

    undoAllOf: (json: api.UndoRequest, key: string, force?: boolean) =>
      request<api.Undone>("POST", "/api/commands/undo", { json, query: { force }, headers: asCommand(key) }),

    restore: (json: api.RestoreRequest, key?: string) =>
      request<api.Restored>("POST", "/api/todos/restore", { json, headers: key ? asCommand(key) : {} }),
  };
}
