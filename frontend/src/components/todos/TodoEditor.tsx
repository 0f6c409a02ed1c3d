import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Todo, TodoFields } from "@/lib/api/types";
import { Icon } from "../Icon";
import { DueFields } from "./DueFields";
import type { ItemActions } from "./item-props";
import { PriorityField } from "./PriorityField";
import { ProjectField } from "./ProjectField";
import { RecurrenceField } from "./RecurrenceField";
import { RemindersField } from "./RemindersField";
import { SkipButton } from "./SkipButton";
import { StartField } from "./StartField";
import { Subtasks } from "./Subtasks";
import { TagField } from "./TagField";
import { TodoHistory } from "./TodoHistory";

/** A row while it is edited: Enter saves, Escape discards. */
export default function TodoEditor({ todo, actions }: { todo: Todo; actions: ItemActions }) {
  const close = () => actions.edit(null);
  // A change elsewhere is compared with the todo as it was when editing began.
  const [opened] = useState(todo);
  const [fields, setFields] = useState<TodoFields>(() => fieldsOf(todo));
  const title = useRef<HTMLInputElement>(null);
  useEffect(() => {
    title.current?.focus();
    title.current?.form?.scrollIntoView({ block: "nearest" });
  }, []);
  const change = (changed: Partial<TodoFields>) => setFields((known) => ({ ...known, ...changed }));

  function save(event?: FormEvent): void {
    event?.preventDefault();
    if (fields.title.trim() === "") return title.current?.focus();
    const reminders = fields.reminders.filter(({ at }) => at);
    const without = fields.due_date ? {} : { due_time: null, recurrence: null, reminders };
    actions.save(opened, { ...fields, title: fields.title.trim(), ...without });
    close();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) title.current?.form?.requestSubmit();
  }

  return (
    <form
      onSubmit={save}
      onKeyDown={onKeyDown}
      aria-label={`Edit ${opened.title}`}
      className="card appear -mx-2 my-2 scroll-my-24 p-4 shadow-float"
    >
      <input
        ref={title}
        value={fields.title}
        onChange={(event) => change({ title: event.target.value })}
        maxLength={500}
        aria-label="Title"
        className="w-full rounded-md bg-transparent px-1 py-1 font-medium text-base outline-none"
      />
      <textarea
        value={fields.description}
        onChange={(event) => change({ description: event.target.value })}
        maxLength={10_000}
        rows={2}
        aria-label="Notes"
        placeholder="Notes"
        className="field-sizing-content mt-1 max-h-80 w-full resize-none rounded-md bg-transparent px-1 py-1 text-soft outline-none"
      />
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        <DueFields fields={fields} change={change} />
        <RemindersField fields={fields} change={change} />
        <RecurrenceField fields={fields} change={change} />
        <StartField fields={fields} change={change} />
        {!todo.parent_id && (
          <ProjectField value={fields.project_id} onChange={(project_id) => change({ project_id })} />
        )}
        <PriorityField value={fields.priority} onChange={(priority) => change({ priority })} />
        <TagField tags={fields.tags} onChange={(tags) => change({ tags })} />
      </div>
      <Subtasks todo={todo} />
      <TodoHistory id={todo.id} onBack={close} />
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <button type="submit" className="btn btn-primary" disabled={fields.title.trim() === ""}>
          Save
        </button>
        <button type="button" className="btn btn-quiet" onClick={close}>
          Cancel
        </button>
        <SkipButton todo={todo} onSkip={close} />
        <button type="button" className="btn btn-quiet" onClick={() => actions.move(todo.id)}>
          Move…
        </button>
        <button type="button" className="btn btn-quiet ms-auto text-danger" onClick={() => actions.remove(todo)}>
          <Icon name="trash" />
          Delete
        </button>
      </div>
    </form>
  );
}

function fieldsOf(todo: Todo): TodoFields {
  const { title, description, priority, tags, due_date, due_time } = todo;
  const { start_date, recurrence, reminders, project_id, parent_id } = todo;
  const when = { due_date, due_time, start_date, recurrence, reminders };
  return { title, description, priority, tags, ...when, project_id, parent_id };
}
