import { type FormEvent, type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from "react";
import type { TodoFields } from "@/lib/api/types";
import { preload } from "@/lib/preload";
import { useProjects, useToday, useTodoActions, useUser } from "@/lib/todos/context";
import type { Line, Surroundings } from "@/lib/todos/quick-add";
import type { Part } from "@/lib/todos/quick-add-grammar";
import { BLANK } from "@/lib/todos/writes";
import { uuid7 } from "@/lib/uuid";
import { Icon } from "../Icon";
import { NEW_TODO_ID } from "./ids";
import { QuickAddHint } from "./QuickAddHint";

const LONGEST = 500;
const NO_DEFAULTS: Partial<TodoFields> = {};
const loadReader = () => import("@/lib/todos/quick-add");
const QuickAddParts = lazy(() => import("./QuickAddParts"));

/** One line to write down a todo. `defaults` are the fields that the line does not name. */
export function TodoForm({ defaults = NO_DEFAULTS }: { defaults?: Partial<TodoFields> }) {
  const { run } = useTodoActions();
  const surroundings: Surroundings = { user: useUser(), today: useToday(), projects: useProjects(), defaults };
  const { reader, begin } = useReader();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const line = reader?.readLine(text, surroundings);
  const title = line ? line.fields.title : text.trim();
  const tooLong = title.length > LONGEST;

  function add(event: FormEvent): void {
    event.preventDefault();
    if (title === "" || tooLong) return;
    setText("");
    if (line) create(line);
    else loadReader().then(({ readLine }) => create(readLine(text, surroundings)), createAsWritten);
  }

  function create({ fields }: Line): void {
    if (fields.title) void run([{ op: "create", id: uuid7(), fields }]);
  }

  /** Where the grammar cannot be loaded, offline, the line is the title. */
  function createAsWritten(): void {
    void run([{ op: "create", id: uuid7(), fields: { ...BLANK, ...defaults, title } }]);
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key !== "Escape") return;
    if (text === "") event.currentTarget.blur();
    setText("");
  }

  function takeBack(part: Part): void {
    if (reader) setText(reader.takeBack(text, part));
    input.current?.focus();
  }

  return (
    <form onSubmit={add} className="group relative mt-4 md:mt-5" aria-label="Add a todo">
      <div className="quick-add">
        <Icon name="add" className="size-5 text-faint group-focus-within:text-accent" />
        <input
          ref={input}
          id={NEW_TODO_ID}
          value={text}
          onFocus={begin}
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
        <button type="submit" className="btn btn-primary" disabled={title === "" || tooLong}>
          Add
        </button>
      </div>
      <div
        id={`${NEW_TODO_ID}-hint`}
        className="mt-1.5 flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 px-1 text-faint text-xs"
      >
        {tooLong ? (
          <span className="text-danger">A title has at most {LONGEST} characters.</span>
        ) : line && line.parts.length > 0 ? (
          <Suspense>
            <QuickAddParts line={line} takeBack={takeBack} />
          </Suspense>
        ) : (
          <QuickAddHint />
        )}
      </div>
    </form>
  );
}

type Reader = Awaited<ReturnType<typeof loadReader>>;

/** What reads the line is loaded after the page, and used from the first time that somebody goes to the line. */
function useReader(): { reader: Reader | null; begin: () => void } {
  const [reader, setReader] = useState<Reader | null>(null);
  useEffect(() => preload(loadReader), []);
  return { reader, begin: () => void loadReader().then(setReader, () => undefined) };
}
