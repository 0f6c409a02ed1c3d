import { type KeyboardEvent, useMemo, useState } from "react";
import type { Todo } from "@/lib/api/types";
import { useTodoActions, useTodos } from "@/lib/todos/context";
import { above, DEEPEST } from "@/lib/todos/trees";
import { sortTodos } from "@/lib/todos/views";
import { BLANK } from "@/lib/todos/writes";
import { uuid7 } from "@/lib/uuid";
import { Icon } from "../Icon";
import { SubtaskLine } from "./SubtaskLine";

/** The todos below one, and a line to add more: each is written at once. */
export function Subtasks({ todo }: { todo: Todo }) {
  const { todos } = useTodos();
  const { run } = useTodoActions();
  const [title, setTitle] = useState("");
  const subtasks = useMemo(() => {
    const children = [...todos.values()].filter((each) => each.parent_id === todo.id && !each.deleted_at);
    return sortTodos(children, "position");
  }, [todos, todo.id]);
  const done = subtasks.filter(({ completed }) => completed).length;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (title.trim() === "") return;
    const { id: parent_id, project_id } = todo;
    setTitle("");
    void run([{ op: "create", id: uuid7(), fields: { ...BLANK, title: title.trim(), parent_id, project_id } }]);
  }

  if (above(todos, todo.id).length + 1 >= DEEPEST) return null;
  return (
    <fieldset className="mt-4">
      <legend className="label">
        Subtasks
        {subtasks.length > 0 && <span className="ms-2 text-faint tabular-nums">{`${done} of ${subtasks.length}`}</span>}
      </legend>
      {subtasks.length > 0 && (
        <progress className="goal mb-2 h-1" aria-label="Subtasks done" value={done} max={subtasks.length} />
      )}
      <ul>
        {subtasks.map((subtask) => (
          <li key={subtask.id}>
            <SubtaskLine todo={subtask} />
          </li>
        ))}
      </ul>
      <div className="flex items-center gap-2.5 px-1">
        <Icon name="add" className="size-5 text-faint" />
        <input
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          onKeyDown={onKeyDown}
          maxLength={500}
          aria-label="New subtask"
          placeholder="Add a subtask"
          autoComplete="off"
          enterKeyHint="done"
          className="min-h-9 min-w-0 flex-1 rounded-md bg-transparent px-1 outline-none"
        />
      </div>
    </fieldset>
  );
}
