import { ApiError, describe } from "../api/errors";
import { TODOS } from "../todos/cache";
import type { Collection } from "../todos/collection";
import { type CommandContext, nameOf } from "../todos/commands";
import { sendWrite } from "../todos/send";
import type { Write } from "../todos/writes";
import { followAnswers } from "./answers";
import { keepCopy, readCopy } from "./copy";
import { openDatabase, readAll } from "./database";
import { addFinding, dropFinding, type Finding, withoutField } from "./findings";
import { merge, mergeable } from "./merge";
import { createOutbox, mayPass, type Outbox, type Outcome } from "./outbox";
import { rememberUser } from "./remembered";
import { lastingShelf, passingShelf } from "./shelf";

/** A write that has not waited for longer is sent by a call of its own, which says at once what is wrong with it. */
const FRESH_MS = 5_000;

function databaseOf({ held, user }: CommandContext): Promise<IDBDatabase | null> {
  held.database ??= openDatabase(user.id);
  return held.database;
}

/** Where all writes of this user go. */
export function outboxOf(context: CommandContext): Outbox {
  const shelf = () => databaseOf(context).then((database) => (database ? lastingShelf(database) : passingShelf()));
  context.held.outbox ??= createOutbox({
    userId: context.user.id,
    shelf: shelf(),
    waiting: context.writes,
    send: (writes, waited) => sendSome(context, writes, waited),
    onRefused: (write, error) => refuse(context, write, error),
  });
  return context.held.outbox;
}

/** Shows what this browser has kept, and keeps it up to date. Resolves to what ends that. */
export async function startOffline(context: CommandContext): Promise<() => void> {
  const { user, findings, held } = context;
  outboxOf(context);
  const database = await databaseOf(context);
  const stops = database ? [await followCopy(context, database), await followAnswers(context.client, database)] : [];
  if (database) findings.set(await readAll<Finding>(database, "findings"));
  if (database) await rememberUser(database, user);
  return () => {
    for (const stop of stops) stop();
    held.outbox?.stop();
    database?.close();
    held.outbox = undefined;
    held.database = undefined;
  };
}

async function followCopy({ client }: CommandContext, database: IDBDatabase): Promise<() => void> {
  const copy = await readCopy(database);
  if (copy) client.setQueryData<Collection>(TODOS, (known) => known ?? copy);
  return keepCopy(database, client, copy);
}

/** A person has looked at it: at all of it, or at one field. */
export async function settle(context: CommandContext, id: string, field?: string): Promise<void> {
  const finding = context.findings.get().find((each) => each.id === id);
  if (!finding) return;
  const rest = field ? withoutField(finding, field) : null;
  const database = await databaseOf(context);
  await (rest ? addFinding(database, context.findings, rest) : dropFinding(database, context.findings, id));
}

async function sendSome(context: CommandContext, writes: Write[], waited: boolean): Promise<Outcome[]> {
  const [first] = writes;
  if (!first) return [];
  const isOld = Date.now() - Date.parse(first.at) > FRESH_MS;
  const together = waited || isOld ? mergeable(writes) : [];
  try {
    if (together.length > 0) return await merge(context, together, (finding) => find(context, finding));
    return [{ key: first.key, sequence: await sendWrite(context, first) }];
  } catch (error) {
    if (mayPass(error)) throw error;
    if (together.length > 1) return sendSome(context, [first], true);
    return [{ key: first.key, error }];
  }
}

function find(context: CommandContext, finding: Finding): void {
  void databaseOf(context).then((database) => addFinding(database, context.findings, finding));
}

function refuse(context: CommandContext, { key, actions: [action] }: Write, error: unknown): void {
  const todoId = action?.id ?? "";
  const fields = action && "fields" in action ? (action.fields as { title?: string; name?: string }) : {};
  const title = fields.title ?? fields.name ?? nameOf(context, todoId);
  const refused = error instanceof ApiError ? describe(error) : "it cannot be sent.";
  find(context, { id: key, todoId, title, conflicts: [], refused });
}
