import { useMemo, useState } from "react";
import { useApp } from "@/lib/app";
import type { Past } from "@/lib/past/use-past";
import { useStore } from "@/lib/store";
import { dayOf } from "@/lib/time";
import { useUser } from "@/lib/todos/context";
import { rowsOf } from "@/lib/todos/rows";
import { isOverdue } from "@/lib/todos/views";
import { Message } from "../Message";
import { TodoList } from "../todos/TodoList";
import { PastRow } from "./PastRow";

const VIEWS = [
  ["active", "Open"],
  ["completed", "Completed"],
] as const;
const NOBODY: ReadonlySet<string> = new Set();

/** The list as it was, in the order of now. */
export function PastList({ past }: { past: Past }) {
  const { at, todos, projects, stats } = past;
  const user = useUser();
  const { sort } = useStore(useApp().preferences);
  const [name, setName] = useState<"active" | "completed">("active");
  const today = dayOf(at, user);
  const overdue = useMemo(
    () => new Set([...todos.values()].filter((todo) => isOverdue(todo, { now: at, today })).map(({ id }) => id)),
    [todos, at, today],
  );
  const rows = useMemo(() => {
    const view = { name, q: "", tags: [], project: null, priority: null };
    return rowsOf(todos, view, { sort, today, overdue, lingering: NOBODY, user });
  }, [todos, name, sort, today, overdue, user]);
  const more = stats.total - todos.size;
  return (
    <>
      <fieldset className="mt-5 flex gap-1.5">
        <legend className="sr-only">Shown</legend>
        {VIEWS.map(([each, label]) => (
          <button key={each} type="button" className="chip" aria-pressed={name === each} onClick={() => setName(each)}>
            {label}
          </button>
        ))}
      </fieldset>
      {rows.length === 0 && <Message icon="clock" title="Nothing here then" text="Go to another moment or view." />}
      <TodoList
        rows={rows}
        total={todos.size}
        label="As it was"
        renderTodo={({ todo, depth }) => (
          <PastRow
            todo={todo}
            depth={depth}
            project={projects.get(todo.project_id ?? "")?.name}
            today={today}
            overdue={overdue.has(todo.id)}
          />
        )}
      />
      {more > 0 && (
        <p className="mt-4 text-faint text-sm">
          The newest {todos.size} are shown; there were {more} more.
        </p>
      )}
    </>
  );
}
