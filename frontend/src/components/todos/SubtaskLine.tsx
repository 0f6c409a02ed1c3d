import type { Todo } from "@/lib/api/types";
import { useTodoActions } from "@/lib/todos/context";

/** A subtask in the editor of its parent. */
export function SubtaskLine({ todo }: { todo: Todo }) {
  const { run } = useTodoActions();
  return (
    <label className="flex min-h-9 items-center gap-2.5 px-1">
      <input
        type="checkbox"
        className="check"
        checked={todo.completed}
        onChange={() => void run([{ op: todo.completed ? "reopen" : "complete", id: todo.id }])}
      />
      <span className={`min-w-0 truncate ${todo.completed ? "text-faint line-through" : ""}`}>{todo.title}</span>
    </label>
  );
}
