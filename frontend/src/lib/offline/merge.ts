import { ApiError } from "../api/errors";
import type * as api from "../api/generated/types.gen";
import type { Http } from "../api/http";
import { collectionOf, mutate, type Remote } from "../todos/cache";
import { applyChanges, takeIn, upsert } from "../todos/collection";
import { given } from "../todos/send";
import type { Action, Write } from "../todos/writes";
import type { Finding } from "./findings";
import type { Outcome } from "./outbox";

const MOST = 200;
const MOST_LETTERS = 400_000;
const OPS = new Set<Action["op"]>(["create", "update", "complete", "reopen", "delete", "restore"]);
/** The write was taken before, its answer lost. */
const DONE_BEFORE = new Set(["id_taken", "idempotency_key_reused"]);

/** The first of these that are merged field by field. What was done to many at once stays one command. */
export function mergeable(writes: readonly Write[]): Write[] {
  let letters = 0;
  const end = writes.findIndex(({ actions }, index) => {
    letters += JSON.stringify(actions).length;
    const [first] = actions;
    return index >= MOST || letters > MOST_LETTERS || actions.length > 1 || !first || !OPS.has(first.op);
  });
  return writes.slice(0, end < 0 ? writes.length : end);
}

/** Sends what has waited, and takes in what has happened meanwhile. */
export async function merge(
  { client, http }: Remote,
  writes: readonly Write[],
  onFound: (finding: Finding) => void,
): Promise<Outcome[]> {
  const since = collectionOf(client).sequence;
  const before = collectionOf(client).todos;
  const json: api.SyncRequest = { since, commands: writes.map(commandOf) };
  const { data } = await request(http, json);
  mutate(client, (collection) => {
    const take = collection.sequence >= since ? applyChanges : takeIn;
    return upsert(
      take(collection, data.changes),
      data.results.flatMap(({ todo }) => todo ?? []),
    );
  });
  return data.results.map(({ id, status, todo, conflicts = [], error }, index): Outcome => {
    const todoId = writes[index]?.actions[0]?.id ?? "";
    const title = todo?.title ?? before.get(todoId)?.title ?? "";
    if (conflicts.length) onFound({ id, todoId, title, conflicts });
    if (status !== "failed" || DONE_BEFORE.has(error?.code ?? "")) return { key: id, sequence: data.sequence };
    return { key: id, error: new ApiError(error?.status ?? 422, { ...error, status: error?.status ?? 422 } as never) };
  });
}

const request = ({ request }: Http, json: api.SyncRequest) => request<api.SyncAnswer>("POST", "/api/sync", { json });

function commandOf({ key, actions: [action], seen }: Write): api.SyncCommand {
  const { op, id } = action as Extract<Action, { op: "create" | "update" | "complete" }>;
  const fields = action?.op === "create" ? given(action.fields) : action?.op === "update" ? action.fields : {};
  return { id: key, op, todo_id: id, set: fields, base_version: seen };
}
