import { type RefObject, useEffect, useEffectEvent } from "react";
import { useApp } from "@/lib/app";
import { useProjects, useTodoActions, useTodos } from "@/lib/todos/context";
import type { Row } from "@/lib/todos/rows";
import type { ListHandle } from "./TodoList";

/** Todos and projects are moved by what is loaded after the page. */
export function useMoving(rows: readonly Row[], list: RefObject<ListHandle | null>, movable: boolean): void {
  const { preferences, notices } = useApp();
  const { todos } = useTodos();
  const projects = useProjects();
  const { run } = useTodoActions();
  const focusRow = (id: string) => list.current?.focusRow(id);
  const current = useEffectEvent(() => ({ rows, todos, projects, movable, run, preferences, notices, focusRow }));
  useEffect(() => {
    let stop: (() => void) | undefined;
    let left = false;
    import("@/lib/todos/moving").then(
      ({ startMoving }) => {
        if (!left) stop = startMoving(current);
      },
      () => undefined,
    );
    return () => {
      left = true;
      stop?.();
    };
  }, []);
}
