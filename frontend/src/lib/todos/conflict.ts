import type { Todo } from "../api/types";
import type { Action } from "./writes";

/** The fields that this update changes were changed elsewhere in the meantime. */
export class ConflictError extends Error {
  override name = "ConflictError";

  constructor(
    readonly action: Extract<Action, { op: "update" }>,
    readonly theirs: Todo,
  ) {
    super("This todo was changed elsewhere in the meantime.");
  }
}
