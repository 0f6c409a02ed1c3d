import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { pastCalls } from "../api/past";
import type { Project, Stats, Todo } from "../api/types";
import { useCalls } from "../app";
import { byId } from "../by-id";

const MOST = 500;
const PAUSE_MS = 150;

export interface Past {
  at: number;
  todos: ReadonlyMap<string, Todo>;
  projects: ReadonlyMap<string, Project>;
  stats: Stats;
}

/** A number of the sequence, or an instant. */
export type Moment = number | string;

/** All of it at a moment; while it is read, what was shown before. */
export function usePast(moment: Moment) {
  const calls = useCalls(pastCalls);
  const as_of = usePaused(moment);
  const query = useQuery({
    queryKey: ["past", as_of],
    queryFn: async ({ signal }): Promise<Past> => {
      const [todos, projects, stats] = await Promise.all([
        calls.getTodosThen({ as_of, limit: MOST }, signal),
        calls.getProjectsThen(as_of, signal),
        calls.getStatsThen(as_of, signal),
      ]);
      return {
        at: Date.parse(stats.data.as_of),
        todos: byId(todos.data),
        projects: byId(projects.data),
        stats: stats.data,
      };
    },
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { ...query, waiting: query.isFetching || as_of !== moment };
}

/** A value that has rested for a moment: a slider passes by many. */
function usePaused(value: Moment): Moment {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
