import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { describe } from "../api/errors";
import { filterCalls } from "../api/filters";
import type { Filter } from "../api/generated/types.gen";
import type { Answer } from "../api/http";
import { useApp, useCalls } from "../app";
import { uuid7 } from "../uuid";
import { useTodoActions } from "./context";
import { addressOf, FILTERS, queryOf } from "./filters";
import type { View } from "./views";

const NONE: ReadonlyArray<Filter> = [];

function useFiltersQuery() {
  const { list } = useCalls(filterCalls);
  return useQuery({
    queryKey: FILTERS,
    queryFn: async ({ signal }) => (await list(signal)).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useFilters(): ReadonlyArray<Filter> {
  return useFiltersQuery().data ?? NONE;
}

/** Until they are there, or it is known that they cannot be had now. */
export function useFiltersPending(): boolean {
  return useFiltersQuery().isLoading;
}

/** The saved filter that a view is, if it is one. */
export function savedAs(filters: readonly Filter[], address: string): Filter | undefined {
  return filters.find((filter) => addressOf(filter) === address);
}

/** Each is shown at once, told with a way back, and taken back with a message where the service refuses it. */
export function useFilterActions() {
  const { client, notices } = useApp();
  const { run } = useTodoActions();
  const calls = useCalls(filterCalls);
  return useMemo(() => {
    const reload = () => client.invalidateQueries({ queryKey: FILTERS });

    async function write(
      show: (known: Filter[]) => Filter[],
      send: () => Promise<Answer<unknown>>,
      said: string,
    ): Promise<void> {
      await client.cancelQueries({ queryKey: FILTERS });
      client.setQueryData<Filter[]>(FILTERS, (known = []) => show(known));
      try {
        const command = (await send()).headers.get("command-id");
        const undo = { label: "Undo", run: () => void takeBack(command ?? "", said) };
        notices.notify(said, { actions: command ? [undo] : [] });
      } catch (error) {
        notices.notify(`The filter was not changed. ${describe(error)}`, { tone: "error" });
      }
      await reload();
    }

    async function takeBack(command: string, what: string): Promise<void> {
      if (await run([{ op: "undo", id: "", command, what }])) notices.notify("Undone");
      await reload();
    }

    return {
      save(name: string, view: View) {
        const fields = { id: uuid7(), name, query: queryOf(view) };
        const now = new Date().toISOString();
        const made = { ...fields, position: "~", version: 0, created_at: now, updated_at: now };
        return write(
          (known) => [...known, made],
          () => calls.create(fields),
          `“${name}” is saved as a filter`,
        );
      },
      rename({ id, name: before }: Filter, name: string) {
        return write(
          (known) => known.map((each) => (each.id === id ? { ...each, name } : each)),
          () => calls.rename(id, name),
          `“${before}” is now “${name}”`,
        );
      },
      remove({ id, name }: Filter) {
        return write(
          (known) => known.filter((each) => each.id !== id),
          () => calls.remove(id),
          `Filter “${name}” deleted`,
        );
      },
      /** Before the filter that stands at `gap` among the others. */
      async move(filter: Filter, others: readonly Filter[], gap: number) {
        const [before, after] = [others[gap - 1], others[gap]];
        if (!before && !after) return;
        const beside = before ? { after_id: before.id } : { before_id: after?.id };
        await write(
          () => [...others.slice(0, gap), filter, ...others.slice(gap)],
          () => calls.move(filter.id, beside),
          before ? `“${filter.name}” is now after “${before.name}”` : `“${filter.name}” is now before “${after?.name}”`,
        );
      },
    };
  }, [client, notices, run, calls]);
}
