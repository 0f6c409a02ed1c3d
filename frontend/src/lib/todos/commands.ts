import type { QueryClient } from "@tanstack/react-query";
import { ApiError, ConnectionError, describe, isPassing } from "../api/errors";
import type { Todo, User } from "../api/types";
import type { App } from "../app";
import { type Delta, deltaOf, pendingAt, settled } from "../stats/pending";
import { reachedBy, refreshStats } from "../stats/queries";
import { createStore, type Store } from "../store";
import { uuid7 } from "../uuid";
import { collectionOf } from "./cache";
import { ConflictError } from "./conflict";
import { spread } from "./trees";
import { type Action, inverse, sayDone, type Write, withWrites } from "./writes";

export const WRITES = ["write"] as const;
const RETRIES = 4;
const LINGER_MS = 1_500;
const QUIET = new Set<Action["op"]>(["create", "update", "restore", "create-project"]);

/** What one user has under way in this tab; made anew for each user who signs in. */
export interface Work {
  undoStack: Action[][];
  /** Todos just completed stay where they are for a moment, so that a list does not jump under the pointer. */
  lingering: Store<ReadonlySet<string>>;
  deltas: Store<Delta[]>;
  /** The todo that the list is to open. */
  opened: Store<string | null>;
}

export function createWork(): Work {
  return {
    undoStack: [],
    lingering: createStore<ReadonlySet<string>>(new Set()),
    deltas: createStore<Delta[]>([]),
    opened: createStore<string | null>(null),
  };
}

interface CommandContext extends Work, Pick<App, "api" | "client" | "notices"> {
  user: User;
}

/** Carries out these actions: shown at once, sent in order, taken back with a message when refused. */
export async function run(
  context: CommandContext,
  actions: Action[],
  options: { silent?: boolean } = {},
): Promise<boolean> {
  if (actions.length === 0) return true;
  const { client, undoStack, deltas, user } = context;
  const write: Write = { key: uuid7(), userId: user.id, at: new Date().toISOString(), actions };
  const before = displayed(client);
  const undo = inverse(write, before);
  if (undo) undoStack.push(undo);
  linger(
    context.lingering,
    actions.flatMap((action) => spread(before, action)),
  );
  record(context, write, before);
  if (!options.silent) announce(context, actions, before);
  try {
    const sequence = await enqueue(context, write);
    deltas.set((known) => settled(known, write.key, sequence));
    refreshStats(client, sequence);
    return true;
  } catch (error) {
    deltas.set((known) => settled(known, write.key, null));
    if (undo && undoStack.includes(undo)) undoStack.splice(undoStack.indexOf(undo), 1);
    explain(context, write, before, error);
    return false;
  }
}

function record({ client, deltas, user }: CommandContext, write: Write, before: ReadonlyMap<string, Todo>): void {
  const delta = deltaOf(write, before, user);
  if (delta) deltas.set((known) => [...pendingAt(reachedBy(client), known), delta]);
}

/** Takes back the last write. */
export function undoLast(context: CommandContext): void {
  const { undoStack, notices } = context;
  const actions = undoStack.pop();
  if (!actions) return notices.notify("Nothing to undo");
  const depth = undoStack.length;
  void run(context, actions, { silent: true }).then((done) => done && notices.notify("Undone"));
  // Undoing an undo is not what `u` is for: the next one goes further back.
  undoStack.length = depth;
}

/** Loaded after the page; where that fails, the write is tried again as if its connection had broken. */
export async function loadSending() {
  try {
    return await import("./send");
  } catch (error) {
    throw new ConnectionError(error);
  }
}

/** One queue for all writes, so that they arrive in the order in which they were made; it waits while offline. */
function enqueue({ api, client }: CommandContext, write: Write): Promise<number> {
  const mutation = client.getMutationCache().build(client, {
    mutationKey: WRITES,
    scope: { id: "todos" },
    mutationFn: async (variables: Write) => (await loadSending()).sendWrite({ api, client }, variables),
    retry: (failures, error) => isPassing(error) && failures < RETRIES,
    retryDelay: (failures, error) =>
      error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 500 * 2 ** failures,
    gcTime: 0,
  });
  return mutation.execute(write);
}

function pendingWrites(client: QueryClient): Write[] {
  const pending = client.getMutationCache().findAll({ mutationKey: WRITES, status: "pending" });
  return pending.map((mutation) => mutation.state.variables as Write);
}

function displayed(client: QueryClient): ReadonlyMap<string, Todo> {
  return withWrites(collectionOf(client).todos, pendingWrites(client));
}

function linger(lingering: Work["lingering"], actions: Action[]): void {
  const ids = actions.filter((action) => action.op === "complete").map((action) => action.id);
  if (ids.length === 0) return;
  lingering.set((known) => new Set([...known, ...ids]));
  setTimeout(() => lingering.set((known) => new Set([...known].filter((id) => !ids.includes(id)))), LINGER_MS);
}

function announce(context: CommandContext, actions: Action[], before: ReadonlyMap<string, Todo>): void {
  const op = actions[0]?.op;
  if (!op || (QUIET.has(op) && actions.length === 1)) return;
  const undo = op === "purge" ? [] : [{ label: "Undo", run: () => undoLast(context) }];
  context.notices.notify(
    sayDone(actions, (id) => before.get(id)?.title ?? collectionOf(context.client).projects.get(id)?.name ?? ""),
    { actions: undo },
  );
}

function explain(context: CommandContext, write: Write, before: ReadonlyMap<string, Todo>, error: unknown): void {
  if (error instanceof ConflictError) return explainConflict(context, error);
  if (error instanceof ApiError && error.status === 401) return;
  const [first] = write.actions;
  const title = (first && nameIn(first)) || before.get(first?.id ?? "")?.title;
  const retry = { label: "Retry", run: () => void run(context, write.actions) };
  context.notices.notify(`${title ? `“${title}” was not saved. ` : ""}${describe(error)}`, {
    tone: "error",
    actions: isPassing(error) ? [retry] : [],
  });
}

function nameIn(action: Action): string | undefined {
  const fields = ("fields" in action ? action.fields : {}) as { name?: string; title?: string };
  return fields.name ?? fields.title;
}

function explainConflict(context: CommandContext, { action, theirs }: ConflictError): void {
  context.notices.notify(`“${theirs.title}” was changed elsewhere while you edited it.`, {
    tone: "error",
    actions: [
      { label: "Keep mine", run: () => void run(context, [{ ...action, force: true }]) },
      { label: "Keep theirs", run: () => undefined },
    ],
  });
}
