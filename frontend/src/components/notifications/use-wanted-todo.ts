import { useIsFetching } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { useApp } from "@/lib/app";
import { setSearch, useSearch } from "@/lib/location";
import { TODOS } from "@/lib/todos/cache";
import { useTodos, useWork } from "@/lib/todos/context";
import { viewQuery } from "@/lib/todos/views";

/** `/?todo=<id>` opens a todo in the view that it is in, as soon as it is loaded. */
export function useWantedTodo(): void {
  const { notices } = useApp();
  const { opened } = useWork();
  const { todos, loading, error } = useTodos();
  const search = useSearch();
  const onList = usePathname() === "/";
  const wanted = onList ? new URLSearchParams(search).get("todo") : null;
  const todo = wanted ? todos.get(wanted) : undefined;
  const settled = useIsFetching({ queryKey: TODOS }) === 0 && !loading && !error;

  useEffect(() => {
    if (!wanted || (!todo && !settled)) return;
    const isThere = todo && !todo.deleted_at;
    setSearch(viewQuery({ name: todo?.completed ? "completed" : "active" }), "replace");
    if (isThere) opened.set(todo.id);
    else notices.notify("This todo has been deleted.");
  }, [wanted, todo, settled, opened, notices]);
}
