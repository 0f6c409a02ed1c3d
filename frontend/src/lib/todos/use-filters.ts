import { useQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import { filterCalls } from "../api/filters";
import type { Filter } from "../api/generated/types.gen";
import { useCalls } from "../app";
import { useWork } from "./context";
import { withFiltersIn, withFilterWrites } from "./filter-writes";
import { addressOf, FILTERS } from "./filters";

const NONE: ReadonlyArray<Filter> = [];

function useFiltersQuery() {
  const { list } = useCalls(filterCalls);
  return useQuery({
    queryKey: FILTERS,
    queryFn: async ({ signal }) => (await list(signal)).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useFilters(): readonly Filter[] {
  const { data = NONE } = useFiltersQuery();
  const { writes } = useWork();
  const waiting = useSyncExternalStore(writes.subscribe, () => withFiltersIn(writes.get()));
  return useMemo(() => withFilterWrites(data, waiting), [data, waiting]);
}

/** Until they are there, or it is known that they cannot be had now. */
export function useFiltersPending(): boolean {
  return useFiltersQuery().isLoading;
}

/** The saved filter that a view is, if it is one. */
export function savedAs(filters: readonly Filter[], address: string): Filter | undefined {
  return filters.find((filter) => addressOf(filter) === address);
}
