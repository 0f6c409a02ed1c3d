"use client";

import { confirmPurge } from "@/lib/todos/confirm-purge";
import type { Row } from "@/lib/todos/rows";
import type { View } from "@/lib/todos/views";
import type { Action } from "@/lib/todos/writes";
import { Icon, type IconName } from "../Icon";
import { useTodos } from "./context";

interface BulkBarProps {
  rows: Row[];
  selection: ReadonlySet<string>;
  clear: () => void;
  view: View;
}

type Simple = Extract<Action["op"], "complete" | "reopen" | "delete" | "restore" | "purge">;

/** What can be done with everything that is selected, as one write. */
export default function BulkBar({ rows, selection, clear, view }: BulkBarProps) {
  const { run } = useTodos();
  const chosen = rows.flatMap((row) => (row.kind === "todo" && selection.has(row.key) ? [row.todo] : []));

  async function apply(op: Simple, ids: string[]): Promise<void> {
    if (op === "purge" && !(await confirmPurge(ids.length))) return;
    clear();
    await run(ids.map((id) => ({ op, id })));
  }

  const open = chosen.filter((todo) => !todo.completed).map(({ id }) => id);
  const done = chosen.filter((todo) => todo.completed).map(({ id }) => id);
  const all = chosen.map(({ id }) => id);
  return (
    <div
      role="toolbar"
      aria-label="Selected todos"
      data-bulk-bar
      className="appear fixed inset-x-0 bottom-18 z-30 mx-auto flex w-fit max-w-[calc(100vw-1rem)] flex-wrap items-center gap-1 rounded-xl border border-line bg-surface p-1.5 shadow-float md:bottom-6"
    >
      <span className="px-2.5 text-sm tabular-nums">{selection.size} selected</span>
      {view.name === "trash" ? (
        <>
          <BulkButton icon="restore" label="Restore" onClick={() => void apply("restore", all)} />
          <BulkButton icon="trash" label="Delete for good" onClick={() => void apply("purge", all)} />
        </>
      ) : (
        <>
          {open.length > 0 && <BulkButton icon="check" label="Complete" onClick={() => void apply("complete", open)} />}
          {done.length > 0 && <BulkButton icon="restore" label="Reopen" onClick={() => void apply("reopen", done)} />}
          <BulkButton icon="trash" label="Delete" onClick={() => void apply("delete", all)} />
        </>
      )}
      <button type="button" className="btn-icon" aria-label="Clear the selection" onClick={clear}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function BulkButton({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <button type="button" className="btn btn-quiet px-2.5" onClick={onClick}>
      <Icon name={icon} className="size-4" />
      {label}
    </button>
  );
}
