import { useIsFetching } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { useApp } from "../app";
import { setSearch, useSearch } from "../location";
import { TODOS } from "../todos/cache";
import { useTodos, useWork } from "../todos/context";
import { viewQuery } from "../todos/views";

/** `/?todo=<id>` opens a todo in the view that it is in, as soon as it is loaded. */
export function useWantedTodo(): void {
  const { notices } = useApp();
  const { opened } = useWork();
  const { todos, loading } = useTodos();
  const search = useSearch();
  const onList = usePathname() === "/";
  const wanted = onList ? new URLSearchParams(search).get("todo") : null;
  const todo = wanted ? todos.get(wanted) : undefined;
  const settled = useIsFetching({ queryKey: TODOS }) === 0 && !loading;

  useEffect(() => {
    if (!wanted || (!todo && !settled)) return;
    const isThere = todo && !todo.deleted_at;
    setSearch(viewQuery({ name: todo?.completed ? "completed" : "active" }), "replace");
    if (isThere) opened.set(todo.id);
    else notices.notify("This todo has been deleted.");
  }, [wanted, todo, settled, opened, notices]);
}
