import { describe } from "../api/errors";
import type { Filter } from "../api/generated/types.gen";
import type { Todo, User } from "../api/types";
import type { App } from "../app";
import { outboxOf } from "../offline/offline";
import { deltaOf, pendingAt, settled } from "../stats/pending";
import { reachedBy, refreshStats } from "../stats/queries";
import { uuid7 } from "../uuid";
import { collectionOf } from "./cache";
import { ConflictError } from "./conflict";
import { withFilterWrites } from "./filter-writes";
import { FILTERS } from "./filters";
import { spread } from "./trees";
import type { Work } from "./work";
import { type Action, sayDone, type UndoAction, type Write, withProjectWrites, withWrites } from "./writes";

const BULK_LIMIT = 100;
const LINGER_MS = 1_500;
/** What they did is said when they have. */
const SAID_LATER = new Set<Action["op"]>(["undo", "undo-all", "bring-back"]);
const QUIET = new Set<Action["op"]>(["create", "update", "restore", "create-project"]);

export interface CommandContext extends Work, Pick<App, "api" | "http" | "client" | "notices"> {
  user: User;
}

/** Carries out these actions: shown at once, sent in order, taken back with a message when refused. */
export function carryOut(context: CommandContext, actions: Action[]): { keys: string[]; done: Promise<boolean> } {
  const at = new Date().toISOString();
  const before = displayed(context);
  const userId = context.user.id;
  const writes = parts(actions).map(
    (part): Write => ({ key: uuid7(), userId, at, actions: part, seen: seenBy(context, part) }),
  );
  linger(
    context.lingering,
    actions.flatMap((action) => spread(before, action)),
  );
  announce(context, writes, before);
  const answers = writes.map((write) => commit(context, write, before));
  return { keys: writes.map(({ key }) => key), done: Promise.all(answers).then((all) => all.every(Boolean)) };
}

export const run = (context: CommandContext, actions: Action[]) => carryOut(context, actions).done;

/** What one request can take each. */
function parts(actions: Action[]): Action[][] {
  const size = actions[0]?.op === "undo" ? 1 : BULK_LIMIT;
  return Array.from({ length: Math.ceil(actions.length / size) }, (_, index) =>
    actions.slice(index * size, (index + 1) * size),
  );
}

/** An editor has seen the todo as it was opened. */
function seenBy({ client }: CommandContext, [first]: Action[]): number {
  const known = collectionOf(client).todos.get(first?.id ?? "")?.version ?? 0;
  return first?.op === "update" ? (first.seen ?? known) : known;
}

async function commit(context: CommandContext, write: Write, before: ReadonlyMap<string, Todo>): Promise<boolean> {
  const { client, deltas } = context;
  record(context, write, before);
  try {
    const sequence = await outboxOf(context).add(write);
    deltas.set((known) => settled(known, write.key, sequence));
    refreshStats(client, sequence);
    return true;
  } catch (error) {
    deltas.set((known) => settled(known, write.key, null));
    explain(context, write, before, error);
    return false;
  }
}

function record({ client, deltas, user }: CommandContext, write: Write, before: ReadonlyMap<string, Todo>): void {
  const delta = deltaOf(write, before, user);
  if (delta) deltas.set((known) => [...pendingAt(reachedBy(client), known), delta]);
}

export { settle, startOffline } from "../offline/offline";

/** What is needed when something is taken back. */
const loadUndo = () => import("./undo");

/** Takes back what was done last, or what is given. */
export async function undo(context: CommandContext, action?: UndoAction): Promise<void> {
  const { takeBack, undoLast } = await loadUndo();
  return action ? takeBack(context, [action]) : undoLast(context);
}

export const redo = async (context: CommandContext) => (await loadUndo()).redoLast(context);

function displayed({ client, writes }: CommandContext): ReadonlyMap<string, Todo> {
  return withWrites(collectionOf(client).todos, writes.get());
}

function linger(lingering: Work["lingering"], actions: Action[]): void {
  const ids = actions.filter((action) => action.op === "complete").map((action) => action.id);
  if (ids.length === 0) return;
  lingering.set((known) => new Set([...known, ...ids]));
  setTimeout(() => lingering.set((known) => new Set([...known].filter((id) => !ids.includes(id)))), LINGER_MS);
}

function announce(context: CommandContext, writes: Write[], before: ReadonlyMap<string, Todo>): void {
  const actions = writes.flatMap((write) => write.actions);
  const [first] = actions;
  if (!first || SAID_LATER.has(first.op) || (QUIET.has(first.op) && actions.length === 1 && !("said" in first))) return;
  const what = sayDone(actions, (id) => nameOf(context, id, before) || nameIn(first) || "");
  const back = writes
    .map(({ key, actions }): UndoAction => ({ op: "undo", id: actions[0]?.id ?? "", command: key, what }))
    .reverse();
  const undo = { label: "Undo", run: () => void loadUndo().then(({ takeBack }) => takeBack(context, back)) };
  context.notices.notify(what, { actions: first.op === "purge" ? [] : [undo] });
}

export function nameOf({ client, writes }: CommandContext, id: string, todos = collectionOf(client).todos): string {
  const project = () => withProjectWrites(collectionOf(client).projects, writes.get()).get(id);
  const filters = () => withFilterWrites(client.getQueryData<Filter[]>(FILTERS) ?? [], writes.get());
  return todos.get(id)?.title ?? project()?.name ?? filters().find((each) => each.id === id)?.name ?? "";
}

function explain(context: CommandContext, write: Write, before: ReadonlyMap<string, Todo>, error: unknown): void {
  if (error instanceof ConflictError) return explainConflict(context, error);
  const [first] = write.actions;
  if (first?.op === "undo" || first?.op === "undo-all")
    return void loadUndo().then(({ explainUndo }) => explainUndo(context, first, error));
  const title = (first && nameIn(first)) || before.get(first?.id ?? "")?.title;
  context.notices.notify(`${title ? `“${title}” was not saved. ` : ""}${describe(error)}`, { tone: "error" });
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
