"use client";

import { lazy, type MouseEvent, memo, Suspense } from "react";
import type { Priority, Todo } from "@/lib/api/types";
import type { Clock } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { TodoMeta } from "./TodoMeta";

const loadEditor = () => import("./TodoEditor");
const TodoEditor = lazy(loadEditor);

/** So that the first edit does not wait for the network; without a network it is loaded by that edit. */
export function preloadEditor(): void {
  (window.requestIdleCallback ?? setTimeout)(() => void loadEditor().catch(() => undefined));
}

export interface ItemActions {
  toggle: (todo: Todo) => void;
  remove: (todo: Todo) => void;
  restore: (todo: Todo) => void;
  edit: (id: string | null) => void;
  select: (id: string, range: boolean) => void;
  save: (todo: Todo, fields: Partial<Todo>) => void;
}

interface TodoItemProps {
  todo: Todo;
  clock: Clock;
  editing: boolean;
  selected: boolean;
  /** Something is selected: the boxes to select with are shown. */
  selecting: boolean;
  saving: boolean;
  actions: ItemActions;
}

const RING: Record<Priority, string> = {
  urgent: "[--ring:var(--urgent)]",
  high: "[--ring:var(--high)]",
  medium: "[--ring:var(--medium)]",
  low: "[--ring:var(--low)]",
  none: "",
};

export const TodoItem = memo(function TodoItem(props: TodoItemProps) {
  const { todo, editing, selected, actions } = props;
  if (editing) {
    return (
      <Suspense fallback={<div className="h-12" />}>
        <TodoEditor todo={todo} onSave={actions.save} onRemove={actions.remove} onClose={() => actions.edit(null)} />
      </Suspense>
    );
  }
  return (
    <div
      className={`group/item -mx-2 flex min-h-12 items-start gap-1 rounded-lg px-2 transition-colors duration-150 hover:bg-hover/60 focus-within:bg-hover/60 ${
        selected ? "bg-accent-soft hover:bg-accent-soft" : ""
      }`}
    >
      <SelectBox {...props} />
      <Check {...props} />
      <Title {...props} />
      <RowActions {...props} />
    </div>
  );
});

function SelectBox({ todo, selected, selecting, actions }: TodoItemProps) {
  return (
    <span className={`h-12 w-7 shrink-0 place-items-center ${selecting ? "grid" : "-ms-7 hidden md:grid"}`}>
      <input
        type="checkbox"
        className={`check check-square ${selecting ? "" : "not-focus-visible:not-group-hover/item:border-transparent"}`}
        checked={selected}
        onChange={(event) => actions.select(todo.id, (event.nativeEvent as PointerEvent).shiftKey)}
        aria-label={`Select: ${todo.title}`}
      />
    </span>
  );
}

function Check({ todo, actions }: TodoItemProps) {
  if (todo.deleted_at) return null;
  return (
    <span className="grid h-12 w-8 shrink-0 place-items-center">
      <input
        type="checkbox"
        data-row-focus
        className={`check ${RING[todo.priority]}`}
        checked={todo.completed}
        onChange={() => actions.toggle(todo)}
        aria-label={`Complete: ${todo.title}`}
      />
    </span>
  );
}

function Title({ todo, clock, saving, actions }: TodoItemProps) {
  function onClick(event: MouseEvent): void {
    if (event.shiftKey || event.metaKey || event.ctrlKey) actions.select(todo.id, event.shiftKey);
    else actions.edit(todo.id);
  }
  const hasMeta = todo.due_date || todo.tags.length > 0 || todo.priority !== "none" || todo.description;
  return (
    <div className="min-w-0 flex-1 py-3 sm:flex sm:min-h-12 sm:items-center sm:gap-3 sm:py-1">
      <button
        type="button"
        data-row-focus={todo.deleted_at ? true : undefined}
        disabled={todo.deleted_at !== null}
        onClick={onClick}
        aria-label={`Edit: ${todo.title}`}
        className={`block max-w-full min-w-0 truncate text-start transition-colors duration-200 sm:shrink ${
          todo.completed ? "text-faint line-through decoration-faint/60" : ""
        } ${saving ? "opacity-75" : ""}`}
      >
        <bdi>{todo.title}</bdi>
      </button>
      {hasMeta && (
        <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-faint text-xs sm:ms-auto sm:mt-0 sm:shrink-0 sm:flex-nowrap">
          {todo.description && <Icon name="notes" className="size-3.5" />}
          <TodoMeta todo={todo} clock={clock} />
        </span>
      )}
    </div>
  );
}

/** Of a todo in the list they show when it is pointed at or focused, in the trash always: there they are the point. */
const ACTIONS_IN_LIST =
  "hidden md:flex md:w-0 md:overflow-hidden md:group-focus-within/item:w-auto md:group-focus-within/item:overflow-visible md:group-hover/item:w-auto";

function RowActions({ todo, actions }: TodoItemProps) {
  return (
    <span className={`h-12 items-center gap-0.5 ${todo.deleted_at ? "flex" : ACTIONS_IN_LIST}`}>
      {todo.deleted_at && (
        <button
          type="button"
          className="btn-icon"
          aria-label={`Restore: ${todo.title}`}
          onClick={() => actions.restore(todo)}
        >
          <Icon name="restore" />
        </button>
      )}
      <button
        type="button"
        className="btn-icon"
        aria-label={`${todo.deleted_at ? "Delete for good" : "Delete"}: ${todo.title}`}
        onClick={() => actions.remove(todo)}
      >
        <Icon name="trash" />
      </button>
    </span>
  );
}
