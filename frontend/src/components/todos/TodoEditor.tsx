"use client";

import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Priority, Todo, TodoFields } from "@/lib/api/types";
import { addDays, formatDay } from "@/lib/time";
import { PRIORITIES, PRIORITY_NAMES } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { Labelled } from "../Labelled";
import { Select } from "../Select";
import { useTodos } from "./context";
import { TagField } from "./TagField";
import { TodoHistory } from "./TodoHistory";

interface TodoEditorProps {
  todo: Todo;
  onSave: (todo: Todo, fields: Partial<TodoFields>) => void;
  onRemove: (todo: Todo) => void;
  onClose: () => void;
}

/** The row, opened: Enter saves, Escape leaves things as they were. */
export default function TodoEditor({ todo, onSave, onRemove, onClose }: TodoEditorProps) {
  // What was there when editing began is what a change elsewhere is compared with.
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
    onSave(opened, { ...fields, title: fields.title.trim(), due_time: fields.due_date ? fields.due_time : null });
    onClose();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape") onClose();
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) save();
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
        <PriorityField value={fields.priority} onChange={(priority) => change({ priority })} />
        <TagField tags={fields.tags} onChange={(tags) => change({ tags })} />
      </div>
      <TodoHistory id={todo.id} />
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <button type="submit" className="btn btn-primary" disabled={fields.title.trim() === ""}>
          Save
        </button>
        <button type="button" className="btn btn-quiet" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="btn btn-quiet ms-auto text-danger" onClick={() => onRemove(todo)}>
          <Icon name="trash" />
          Delete
        </button>
      </div>
    </form>
  );
}

function fieldsOf({ title, description, priority, tags, due_date, due_time }: Todo): TodoFields {
  return { title, description, priority, tags, due_date, due_time };
}

function DueFields({ fields, change }: { fields: TodoFields; change: (changed: Partial<TodoFields>) => void }) {
  const { clock } = useTodos();
  const picks = [
    { label: "Today", day: clock.today },
    { label: "Tomorrow", day: addDays(clock.today, 1) },
    { label: "In a week", day: addDays(clock.today, 7) },
  ];
  return (
    <fieldset className="sm:col-span-2">
      <legend className="label">Due</legend>
      <div className="flex flex-wrap items-center gap-2">
        {picks.map(({ label, day }) => (
          <button
            key={label}
            type="button"
            className="chip"
            title={formatDay(day, "full")}
            aria-pressed={fields.due_date === day}
            onClick={() => change({ due_date: fields.due_date === day ? null : day })}
          >
            {label}
          </button>
        ))}
        <input
          type="date"
          aria-label="Due day"
          value={fields.due_date ?? ""}
          onChange={(event) => change({ due_date: event.target.value || null })}
          className="field min-h-8 w-auto py-1 text-sm"
        />
        <input
          type="time"
          aria-label="Due time"
          value={fields.due_time?.slice(0, 5) ?? ""}
          disabled={!fields.due_date}
          onChange={(event) => change({ due_time: event.target.value || null })}
          className="field min-h-8 w-auto py-1 text-sm disabled:opacity-50"
        />
      </div>
    </fieldset>
  );
}

function PriorityField({ value, onChange }: { value: Priority; onChange: (priority: Priority) => void }) {
  return (
    <Labelled label="Priority">
      <Select
        value={value}
        options={PRIORITIES.map((priority) => [priority, PRIORITY_NAMES[priority]])}
        onChange={(event) => onChange(event.target.value as Priority)}
      />
    </Labelled>
  );
}
