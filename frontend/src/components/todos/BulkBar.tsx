import { useApp } from "@/lib/app";
import { confirmPurge } from "@/lib/todos/confirm-purge";
import { useTodoActions } from "@/lib/todos/context";
import type { Row } from "@/lib/todos/rows";
import type { View } from "@/lib/todos/views";
import type { Action } from "@/lib/todos/writes";
import { Icon } from "../Icon";
import { BulkButton } from "./BulkButton";

interface BulkBarProps {
  rows: Row[];
  selection: ReadonlySet<string>;
  clear: () => void;
  view: View;
}

type Simple = Extract<Action["op"], "complete" | "reopen" | "delete" | "restore" | "purge">;

/** What can be done with everything that is selected, as one write. */
export default function BulkBar({ rows, selection, clear, view }: BulkBarProps) {
  const { questions } = useApp();
  const { run } = useTodoActions();
  const chosen = rows.flatMap((row) => (row.kind === "todo" && selection.has(row.key) ? [row.todo] : []));

  async function apply(op: Simple, ids: string[]): Promise<void> {
    if (op === "purge" && !(await confirmPurge(questions, ids.length))) return;
    clear();
    await run(ids.map((id) => ({ op, id })));
  }

  const open = chosen.filter((todo) => !todo.completed).map(({ id }) => id);
  const done = chosen.filter((todo) => todo.completed).map(({ id }) => id);
  const all = chosen.map(({ id }) => id);
  return (
    <div role="toolbar" aria-label="Selected todos" data-bulk-bar className="bulk-bar appear">
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
