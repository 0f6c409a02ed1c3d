import { commandCalls } from "../api/commands";
import { ApiError, orGone } from "../api/errors";
import type { BulkResult, Undone } from "../api/generated/types.gen";
import type { Answer } from "../api/http";
import type { BulkOperation, Project, Todo, TodoFields } from "../api/types";
import { collectionOf, mutate, type Remote, sequenceOf } from "./cache";
import { type Collection, purge, takeIn, upsert, upsertProjects } from "./collection";
import { ConflictError } from "./conflict";
import { sendFilter } from "./send-filter";
import { spread } from "./trees";
import { type Action, hideDeleted, same, type Write, withWrites } from "./writes";

/** Sends a write and puts the answer into the collection; resolves to the sequence that it reached. */
export async function sendWrite(remote: Remote, write: Write): Promise<number> {
  const [first] = write.actions;
  if (!first) return 0;
  if (write.actions.length === 1) return sendOne(remote, first, write);
  return sendBulk(remote, write);
}

async function sendOne(remote: Remote, action: Action, write: Write): Promise<number> {
  switch (action.op) {
    case "create":
      return keep(remote, await remote.api.createTodo({ id: action.id, ...given(action.fields) }, write.key));
    case "update":
      return sendUpdate(remote, action, write.key);
    case "delete":
      return sendDelete(remote, action.id, write);
    case "purge":
      return sendPurge(remote, action.id, write.key);
    case "create-project":
      return keepProject(remote, await remote.api.createProject({ id: action.id, ...action.fields }, write.key));
    case "update-project":
      return keepProject(remote, await remote.api.updateProject(action.id, action.fields, write.key));
    case "restore-project":
      return keepProject(remote, await remote.api.restoreProject(action.id, write.key));
    case "delete-project":
      return sendProjectDelete(remote, action, write);
    case "move": {
      const answer = await remote.api.moveTodo(action.id, action.to, write.key);
      holdTree(remote, action, write);
      return keep(remote, answer);
    }
    case "move-project":
      return keepProject(remote, await remote.api.moveProject(action.id, action.to, write.key));
    case "create-filter":
    case "rename-filter":
    case "move-filter":
    case "delete-filter":
      return sendFilter(remote, action, write.key);
    case "undo":
      return takenIn(remote, commandCalls(remote.http).undo(action.command, write.key, action.force));
    case "undo-all": {
      const { actor_id, since, force } = action;
      return takenIn(remote, commandCalls(remote.http).undoAllOf({ actor_id, since }, write.key, force));
    }
    case "bring-back":
      return (await commandCalls(remote.http).restore({ as_of: action.as_of }, write.key)).data.sequence;
    default: {
      const answer = await remote.api.actOnTodo(action.id, action.op, write.key);
      holdTree(remote, action, write);
      return keep(remote, answer);
    }
  }
}

/** What it did to other todos is shown until the events that say so arrive. */
function holdTree({ client }: Remote, action: Action, write: Write): void {
  mutate(client, (collection) => {
    const [, ...actions] = spread(collection.todos, action);
    return { ...collection, todos: withWrites(collection.todos, [{ ...write, actions }]) };
  });
}

async function takenIn({ client }: Remote, answer: Promise<Answer<Undone>>): Promise<number> {
  const { data } = await answer;
  mutate(client, (collection) => takeIn(collection, data.changes));
  return data.sequence;
}

/** Empty fields are left out of the request. */
export function given(fields: TodoFields): Partial<TodoFields> & { title: string } {
  const entries = Object.entries(fields).filter(([, value]) => value !== null && value !== "" && !same(value, []));
  return { ...Object.fromEntries(entries), title: fields.title };
}

/** A change elsewhere to other fields is no conflict: try again on top of it. */
async function sendUpdate(remote: Remote, action: Extract<Action, { op: "update" }>, key: string): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const current = collectionOf(remote.client).todos.get(action.id);
    if (current && !action.force) assertUntouched(action, current);
    try {
      const version = action.force ? undefined : current?.version;
      return keep(remote, await remote.api.updateTodo(action.id, action.fields, key, version));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412 || attempt === 3) throw error;
      keep(remote, await remote.api.getTodo(action.id));
    }
  }
}

function assertUntouched(action: Extract<Action, { op: "update" }>, current: Todo): void {
  for (const [name, base] of Object.entries(action.base)) {
    const theirs = current[name as keyof Todo];
    const mine = action.fields[name as keyof TodoFields];
    if (!same(theirs, base) && !same(theirs, mine)) throw new ConflictError(action, current);
  }
}

/** A 404 is a success: the todo is deleted already. */
async function sendDelete(remote: Remote, id: string, write: Write): Promise<number> {
  const answer = await orGone(remote.api.deleteTodo(id, write.key));
  const sequence = answer ? sequenceOf(answer.headers) : 0;
  holdTree(remote, { op: "delete", id }, write);
  const todo = collectionOf(remote.client).todos.get(id);
  if (todo)
    mutate(remote.client, (collection) =>
      upsert(collection, [{ ...todo, deleted_at: write.at, version: sequence || todo.version }]),
    );
  return sequence;
}

async function sendPurge(remote: Remote, id: string, key: string): Promise<number> {
  const answer = await orGone(remote.api.deleteTodo(id, key, true));
  const sequence = answer ? sequenceOf(answer.headers) : 0;
  mutate(remote.client, (collection) => purge(collection, id, sequence || Number.MAX_SAFE_INTEGER));
  return sequence;
}

/** Its todos are known to be in the trash before the events that say so arrive. */
async function sendProjectDelete(remote: Remote, action: Action, { key, at }: Write): Promise<number> {
  const answer = await orGone(remote.api.deleteProject(action.id, key));
  mutate(remote.client, (collection) => {
    const todos = new Map(collection.todos);
    hideDeleted(todos, action, at);
    const project = collection.projects.get(action.id);
    const projects = new Map(collection.projects);
    if (project) projects.set(project.id, { ...project, deleted_at: at });
    return { ...collection, todos, projects };
  });
  return answer ? sequenceOf(answer.headers) : 0;
}

async function sendBulk({ api, client }: Remote, { key, actions }: Write): Promise<number> {
  const { data, headers } = await api.bulk(actions.map(operationOf), key);
  const sequence = sequenceOf(headers);
  mutate(client, (collection) =>
    data.results.reduce((known, result) => withResult(known, result, sequence), collection),
  );
  return sequence;
}

function withResult(collection: Collection, { id, todo }: BulkResult, sequence: number): Collection {
  return todo ? upsert(collection, [todo]) : purge(collection, id, sequence);
}

function operationOf(action: Action): BulkOperation {
  if (action.op === "create") return { op: "create", id: action.id, todo: given(action.fields) };
  if (action.op === "update") return { op: "update", id: action.id, todo: action.fields };
  // The others are written one by one.
  return { op: action.op, id: action.id } as BulkOperation;
}

function keep({ client }: Remote, { data, headers }: Answer<Todo>): number {
  mutate(client, (collection) => upsert(collection, [data]));
  return sequenceOf(headers);
}

function keepProject({ client }: Remote, { data, headers }: Answer<Project>): number {
  mutate(client, (collection) => upsertProjects(collection, [data]));
  return sequenceOf(headers);
}
