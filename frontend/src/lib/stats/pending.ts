import type { Stats, Todo, User } from "../api/types";
import { dayOf, weekStart } from "../time";
import { spread } from "../todos/trees";
import { type Action, type Write, withWrites } from "../todos/writes";

/** What a write of this tab does to the numbers, until the projection has reached the write's sequence. */
export interface Delta {
  key: string;
  /** null while the write is under way. */
  sequence: number | null;
  total: number;
  completed: number;
  completedToday: number;
  completedThisWeek: number;
}

/** The delta of a write to the todos of `before`, by the user's days and weeks; null when no number changes. */
export function deltaOf(write: Write, before: ReadonlyMap<string, Todo>, user: User): Delta | null {
  const after = withWrites(before, [write]);
  const delta = { key: write.key, sequence: null, total: 0, completed: 0, completedToday: 0, completedThisWeek: 0 };
  const actions = write.actions.flatMap((action) => spread(before, action));
  for (const { id, op } of new Map(actions.map((action) => [action.id, action])).values()) {
    const [old, changed] = [before.get(id), after.get(id)];
    delta.total += countOf(changed) - countOf(old);
    delta.completed += doneOf(changed) - doneOf(old);
    addCompletion(delta, op, old, write.at, user);
  }
  return delta.total || delta.completed || delta.completedToday || delta.completedThisWeek ? delta : null;
}

/** A completion counts today; reopening takes it back from the day on which it was counted. */
function addCompletion(delta: Delta, op: Action["op"], todo: Todo | undefined, at: string, user: User): void {
  if (op === "complete" && todo && !todo.completed) {
    delta.completedToday += 1;
    delta.completedThisWeek += 1;
  }
  if (op !== "reopen" || !todo?.completed || !todo.completed_at) return;
  const [day, today] = [dayOf(Date.parse(todo.completed_at), user), dayOf(Date.parse(at), user)];
  if (day === today) delta.completedToday -= 1;
  if (weekStart(day, user.week_start) === weekStart(today, user.week_start)) delta.completedThisWeek -= 1;
}

const countOf = (todo: Todo | undefined) => (todo && !todo.deleted_at ? 1 : 0);
const doneOf = (todo: Todo | undefined) => (todo?.completed && !todo.deleted_at ? 1 : 0);

/** The write was answered: its delta counts until the projection has reached `sequence`; refused (null), it is dropped. */
export function settled(deltas: Delta[], key: string, sequence: number | null): Delta[] {
  if (sequence === null) return deltas.filter((delta) => delta.key !== key);
  return deltas.map((delta) => (delta.key === key ? { ...delta, sequence } : delta));
}

/** Those that the projection had not taken in at `sequence`. */
export function pendingAt(sequence: number, deltas: Delta[]): Delta[] {
  return deltas.filter((delta) => delta.sequence === null || delta.sequence > sequence);
}

export function withDeltas(stats: Stats, deltas: Delta[]): Stats {
  const pending = pendingAt(stats.as_of_sequence, deltas);
  if (pending.length === 0) return stats;
  const sum = (name: Exclude<keyof Delta, "key" | "sequence">) =>
    pending.reduce((result, delta) => result + delta[name], 0);
  const total = Math.max(0, stats.total + sum("total"));
  const completed = Math.min(total, Math.max(0, stats.completed + sum("completed")));
  const today = Math.max(0, stats.completed_today + sum("completedToday"));
  return {
    ...stats,
    total,
    completed,
    active: total - completed,
    completion_rate: total ? completed / total : 0,
    completed_today: today,
    goal: { ...stats.goal, done: today },
    completed_this_week: Math.max(0, stats.completed_this_week + sum("completedThisWeek")),
  };
}
