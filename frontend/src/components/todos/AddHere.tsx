import { useMemo } from "react";
import type { TodoFields } from "@/lib/api/types";
import { addDays } from "@/lib/time";
import { useToday } from "@/lib/todos/context";
import { INBOX, type View } from "@/lib/todos/views";
import { TodoForm } from "./TodoForm";

/** The form, with fields by which a new todo is in the view it is added in. */
export function AddHere({ view }: { view: View }) {
  const today = useToday();
  const defaults = useMemo<Partial<TodoFields>>(
    () => ({
      tags: view.tags,
      ...(view.project && view.project !== INBOX ? { project_id: view.project } : {}),
      ...(view.priority ? { priority: view.priority } : {}),
      ...(view.name === "today" ? { due_date: today } : {}),
      ...(view.name === "upcoming" ? { due_date: addDays(today, 1) } : {}),
    }),
    [view, today],
  );
  return <TodoForm defaults={defaults} />;
}
