import type { Filter } from "../api/generated/types.gen";
import { byId } from "../by-id";
import { isOfFilter, LAST, standing, type Write } from "./writes";

const NONE: ReadonlyArray<Write> = [];

/** All that wait while one of them is of a filter; else none, so that other writes change nothing. */
export function withFiltersIn(writes: readonly Write[]): readonly Write[] {
  return writes.some(({ actions }) => actions.some(isOfFilter)) ? writes : NONE;
}

/** The saved filters as they will be when the writes under way have succeeded, in their order. */
export function withFilterWrites(filters: readonly Filter[], writes: readonly Write[]): readonly Filter[] {
  if (writes.length === 0) return filters;
  const result = new Map(byId(filters));
  for (const { at, actions } of standing(writes)) {
    for (const action of actions.filter(isOfFilter)) {
      if (action.op === "delete-filter") result.delete(action.id);
      else result.set(action.id, { ...(result.get(action.id) ?? newFilter(action.id, at)), ...action.fields });
    }
  }
  return inOrder([...result.values()]);
}

export function inOrder(filters: readonly Filter[]): Filter[] {
  return filters.toSorted((one, other) => (one.position < other.position ? -1 : 1));
}

function newFilter(id: string, at: string): Filter {
  return { id, name: "", query: {}, position: LAST, version: 0, created_at: at, updated_at: at };
}
