import { type FormEvent, type KeyboardEvent, useState } from "react";
import type { TodoFields } from "@/lib/api/types";
import { useToday, useTodoActions } from "@/lib/todos/context";
import { parseQuickAdd } from "@/lib/todos/quick-add";
import { uuid7 } from "@/lib/uuid";
import { Icon } from "../Icon";
import { NEW_TODO_ID } from "./ids";
import { QuickAddHint } from "./QuickAddHint";

const LONGEST = 500;

/** One line to write down a todo. `defaults` are the fields that the line does not name. */
export function TodoForm({ defaults = {} }: { defaults?: Partial<TodoFields> }) {
  const { run } = useTodoActions();
  const today = useToday();
  const [text, setText] = useState("");
  const fields = parseQuickAdd(text, today, defaults);
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
      <div className="quick-add">
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
          <QuickAddHint text={text} fields={fields} />
        )}
      </div>
    </form>
  );
}
