import type { ListedCommand } from "../api/types";
import type { UndoAction } from "./writes";

/** The action that takes back this command, or by the id of what undid it, that. */
export function undoOf({ summary }: ListedCommand, command: string): UndoAction {
  return { op: "undo", id: "", command, what: summary.charAt(0).toLowerCase() + summary.slice(1) };
}
