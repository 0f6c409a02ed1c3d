import { commandCalls } from "../api/commands";
import { ApiError, describe } from "../api/errors";
import type { ListedCommand } from "../api/types";
import { type CommandContext, carryOut, nameOf, run } from "./commands";
import { FIELD_NAMES } from "./fields";
import { nextLink } from "./queries";
import { undoOf } from "./undo-of";
import { type Action, sayDone, standing, type UndoAction } from "./writes";

const PAGE = 100;
const PAGES = 5;
const NAMED = 3;

/** Takes back what this person did last and has not taken back, on whichever device. */
export function undoLast(context: CommandContext): Promise<void> {
  return step(context, "Nothing to undo", async () => lastWaiting(context) ?? (await lastDone(context)));
}

/** Does again what was taken back last, if nothing was done after it. */
export function redoLast(context: CommandContext): Promise<void> {
  return step(context, "Nothing to redo", async () => lastTakenBack(context) ?? (await lastUndone(context)));
}

/** Says what was taken back when it is, and offers to do it again. */
export async function takeBack(context: CommandContext, actions: UndoAction[]): Promise<void> {
  const { keys, done } = carryOut(context, actions);
  const [first] = actions;
  if (!first || (isAnswered(context, first) && !(await done))) return;
  const other = actions.map((action, index) => ({ ...action, command: keys[index] ?? "", again: !action.again }));
  context.notices.notify(`${first.again ? "Done again" : "Undone"}: ${first.what}`, {
    actions: [{ label: first.again ? "Undo" : "Redo", run: () => void takeBack(context, other.reverse()) }],
  });
}

/** Names what was changed since, and offers to take back the rest. */
export function explainUndo(
  context: CommandContext,
  action: Extract<Action, { op: "undo" | "undo-all" }>,
  error: unknown,
): void {
  const conflicts = error instanceof ApiError && error.code === "undo_conflict" ? (error.problem.errors ?? []) : [];
  const names = [...new Set(conflicts.map(({ pointer }) => sayConflict(context, pointer)))];
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  const text = names.length
    ? `Not undone, as it was changed since: ${names.slice(0, NAMED).join(", ")}${more}.`
    : describe(error);
  const rest = { label: "Undo the rest", run: () => void force(context, action) };
  const leave = { label: "Leave it", run: () => undefined };
  context.notices.notify(text, { tone: "error", actions: names.length ? [rest, leave] : [] });
}

async function force(context: CommandContext, action: Extract<Action, { op: "undo" | "undo-all" }>): Promise<void> {
  if (action.op === "undo") return takeBack(context, [{ ...action, force: true }]);
  if (await run(context, [{ ...action, force: true }])) context.notices.notify(`Undone: ${action.what}`);
}

/** `/todos/<id>/due_date` */
function sayConflict(context: CommandContext, pointer: string): string {
  const [, , id = "", field = ""] = pointer.split("/");
  return `${FIELD_NAMES[field] ?? field} of “${nameOf(context, id) || "a deleted todo"}”`;
}

/** One after the other: a step begins where the one before has ended. */
function step(context: CommandContext, nothing: string, find: () => Promise<UndoAction | undefined>): Promise<void> {
  const next = context.held.steps.then(async () => {
    try {
      const action = await find();
      if (!action) return context.notices.notify(nothing);
      await takeBack(context, [action]);
    } catch (error) {
      context.notices.notify(describe(error), { tone: "error" });
    }
  });
  context.held.steps = next;
  return next;
}

/** Whether a person sees what it does only when the server has answered. */
function isAnswered({ writes }: CommandContext, { command }: UndoAction): boolean {
  return !writes.get().some(({ key }) => key === command);
}

function lastWaiting(context: CommandContext): UndoAction | undefined {
  const write = standing(context.writes.get()).findLast(({ actions }) => actions[0]?.op !== "undo");
  if (!write) return;
  const what = sayDone(write.actions, (id) => nameOf(context, id));
  return { op: "undo", id: write.actions[0]?.id ?? "", command: write.key, what };
}

function lastTakenBack({ writes }: CommandContext): UndoAction | undefined {
  for (const { key, actions } of standing(writes.get()).reverse()) {
    const [action] = actions;
    if (action?.op !== "undo") return;
    if (!action.again) return { ...action, command: key, again: true };
  }
}

/** What a step that is still on its way is about: the server does not know of it. */
function onTheirWay({ writes }: CommandContext): Set<string> {
  return new Set(
    writes.get().flatMap(({ actions }) => actions.map((action) => (action.op === "undo" && action.command) || "")),
  );
}

async function lastDone(context: CommandContext): Promise<UndoAction | undefined> {
  const waiting = onTheirWay(context);
  for await (const command of ownCommands(context)) {
    if (!command.is_undo && !command.undone_by && !waiting.has(command.id)) return undoOf(command, command.id);
  }
}

async function lastUndone(context: CommandContext): Promise<UndoAction | undefined> {
  const waiting = onTheirWay(context);
  const undone: ListedCommand[] = [];
  const steps: string[] = [];
  for await (const command of ownCommands(context)) {
    if (command.is_undo) steps.push(command.id);
    else if (command.undone_by && waiting.has(command.undone_by)) continue;
    else if (command.undone_by) undone.push(command);
    else break;
  }
  const rank = ({ undone_by }: ListedCommand) =>
    (steps.indexOf(undone_by ?? "") + steps.length + 1) % (steps.length + 1);
  const [newest] = undone.sort((one, other) => rank(one) - rank(other));
  return newest?.undone_by ? { ...undoOf(newest, newest.undone_by), again: true } : undefined;
}

/** What was done by this person and not by a token or a job, the newest first. */
async function* ownCommands({ http }: CommandContext): AsyncGenerator<ListedCommand> {
  const { getCommands } = commandCalls(http);
  let before: number | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { data, headers } = await getCommands({ limit: PAGE, before });
    for (const command of data) if (command.actor?.type === "session") yield command;
    if (!nextLink(headers.get("link"))) return;
    before = data.at(-1)?.sequences[0];
  }
}
