import type { Stats, Todo } from "../api/types";
import { createStore } from "../store";
import { type Action, type Write, withWrites } from "../todos/writes";

/** What a write of this tab does to the numbers, until the projection has reached the write's sequence. */
export interface Delta {
  key: string;
  /** null while the write is under way. */
  sequence: number | null;
  total: number;
  completed: number;
  completedToday: number;
}

export const deltas = createStore<Delta[]>([]);

export function record(write: Write, before: ReadonlyMap<string, Todo>): void {
  const after = withWrites(before, [write]);
  const delta: Delta = { key: write.key, sequence: null, total: 0, completed: 0, completedToday: 0 };
  for (const action of write.actions) addTo(delta, action, before.get(action.id), after.get(action.id));
  if (delta.total || delta.completed || delta.completedToday) deltas.set((known) => [...known, delta]);
}

/** `null`: the write was refused and changes nothing. */
export function settle(key: string, sequence: number | null): void {
  deltas.set((known) =>
    sequence === null
      ? known.filter((delta) => delta.key !== key)
      : known.map((delta) => (delta.key === key ? { ...delta, sequence } : delta)),
  );
}

/** Drops what the projection has taken in. */
export function reached(sequence: number): void {
  deltas.set((known) => known.filter((delta) => delta.sequence === null || delta.sequence > sequence));
}

function addTo(delta: Delta, { op }: Action, before: Todo | undefined, after: Todo | undefined): void {
  delta.total += countOf(after) - countOf(before);
  delta.completed += doneOf(after) - doneOf(before);
  if (op === "complete" && before && !before.completed) delta.completedToday += 1;
  if (op === "reopen" && before?.completed && isRecent(before.completed_at)) delta.completedToday -= 1;
}

const countOf = (todo: Todo | undefined) => (todo && !todo.deleted_at ? 1 : 0);
const doneOf = (todo: Todo | undefined) => (todo?.completed && !todo.deleted_at ? 1 : 0);
const isRecent = (instant: string | null) =>
  instant !== null && new Date(instant).toDateString() === new Date().toDateString();

export function withDeltas(stats: Stats, pending: readonly Delta[]): Stats {
  const open = pending.filter((delta) => delta.sequence === null || delta.sequence > stats.as_of_sequence);
  if (open.length === 0) return stats;
  const sum = (name: "total" | "completed" | "completedToday") => open.reduce((total, delta) => total + delta[name], 0);
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
    completed_this_week: Math.max(0, stats.completed_this_week + sum("completedToday")),
  };
}
