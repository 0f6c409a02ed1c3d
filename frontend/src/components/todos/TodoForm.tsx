"use client";

import { type FormEvent, type KeyboardEvent, useState } from "react";
import type { TodoFields } from "@/lib/api/types";
import { parseQuickAdd } from "@/lib/todos/quick-add";
import { uuid7 } from "@/lib/uuid";
import { Icon } from "../Icon";
import { useTodos } from "./context";
import { TodoMeta } from "./TodoMeta";

export const NEW_TODO_ID = "new-todo";
const LONGEST = 500;

/** One line to write down a todo. `defaults` make it fit the view it is added in. */
export function TodoForm({ defaults = {} }: { defaults?: Partial<TodoFields> }) {
  const { run, clock } = useTodos();
  const [text, setText] = useState("");
  const fields = parseQuickAdd(text, clock.today, defaults);
  const tooLong = fields.title.length > LONGEST;

  function add(event: FormEvent): void {
    event.preventDefault();
    if (fields.title === "" || tooLong) return;
    setText("");
    void run([{ op: "create", id: uuid7(), fields }]);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key !== "Escape") return;
    if (text === "") event.currentTarget.blur();
    setText("");
  }

  return (
    <form onSubmit={add} className="group relative mt-4 md:mt-5" aria-label="Add a todo">
      <div className="flex items-center gap-1 rounded-xl border border-line bg-surface ps-3.5 pe-1.5 transition-[border-color,box-shadow] duration-150 focus-within:border-accent focus-within:shadow-float">
        <Icon name="add" className="size-5 text-faint group-focus-within:text-accent" />
        <input
          id={NEW_TODO_ID}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label="New todo"
          aria-describedby={`${NEW_TODO_ID}-hint`}
          aria-invalid={tooLong || undefined}
          placeholder="What needs doing?"
          autoComplete="off"
          enterKeyHint="done"
          className="min-h-12 min-w-0 flex-1 bg-transparent px-1.5 text-base outline-none"
        />
        <button type="submit" className="btn btn-primary" disabled={fields.title === "" || tooLong}>
          Add
        </button>
      </div>
      <div
        id={`${NEW_TODO_ID}-hint`}
        className="mt-1.5 flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1 px-1 text-faint text-xs"
      >
        {tooLong ? (
          <span className="text-danger">A title has at most {LONGEST} characters.</span>
        ) : (
          <Hint text={text} fields={fields} />
        )}
      </div>
    </form>
  );
}

function Hint({ text, fields }: { text: string; fields: TodoFields }) {
  const { clock } = useTodos();
  const marked = fields.due_date || fields.tags.length > 0 || fields.priority !== "none";
  if (text !== "" && marked) return <TodoMeta todo={fields} clock={clock} />;
  return (
    <span className="invisible group-focus-within:visible">
      <Mark>#tag</Mark> <Mark>!high</Mark> <Mark>@tomorrow</Mark> go anywhere in the line
    </span>
  );
}

function Mark({ children }: { children: string }) {
  return <code className="rounded bg-hover px-1 py-0.5 font-sans text-soft">{children}</code>;
}
