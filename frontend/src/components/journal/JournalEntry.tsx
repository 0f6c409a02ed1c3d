import Link from "next/link";
import type { ListedCommand } from "@/lib/api/types";
import { sayActor } from "@/lib/journal/actors";
import { formatTime } from "@/lib/time";
import { useTodoActions, useUser } from "@/lib/todos/context";
import { undoOf } from "@/lib/todos/undo-of";
import { Icon, type IconName } from "../Icon";
import { UndoAllButton } from "./UndoAllButton";

const ICONS: Record<string, IconName> = {
  Created: "add",
  Completed: "check",
  Reopened: "repeat",
  Deleted: "trash",
  Purged: "close",
  Restored: "restore",
};

interface JournalEntryProps {
  command: ListedCommand;
  here: string;
  /** Only what this actor did is shown: all of it from here on can be taken back. */
  ofOne: boolean;
}

export function JournalEntry({ command, here, ofOne }: JournalEntryProps) {
  const { undo } = useTodoActions();
  const { time_zone } = useUser();
  const { summary, occurred_at, actor, undone_by, is_undo } = command;
  const icon = is_undo ? "restore" : (ICONS[summary.split(" ")[0] ?? ""] ?? "notes");
  const back = undone_by ? { ...undoOf(command, undone_by), again: true } : undoOf(command, command.id);
  return (
    <li className="flex items-center gap-3 border-line border-b py-2 last:border-0">
      <span className="grid size-8 shrink-0 place-items-center rounded-full bg-hover text-soft">
        <Icon name={icon} className="size-4" />
      </span>
      <div className="min-w-0 flex-1">
        <p className={`[overflow-wrap:anywhere] ${undone_by ? "text-faint line-through decoration-faint/60" : ""}`}>
          {is_undo && <span className="me-1.5 rounded-full bg-hover px-2 py-px text-soft text-xs">Undo</span>}
          {summary}
        </p>
        <p className="mt-0.5 text-faint text-xs">
          <Link
            href={`/past?as_of=${command.sequences[0] - 1}`}
            prefetch={false}
            className="underline decoration-line-strong/50 underline-offset-2 hover:text-ink"
            title="As it was before this"
          >
            <time dateTime={occurred_at}>{formatTime(occurred_at, time_zone)}</time>
            <span className="sr-only">: as it was before this</span>
          </Link>
          {` · ${sayActor(actor, here)}`}
          {undone_by && " · undone"}
        </p>
      </div>
      {!is_undo && (
        <div className="flex shrink-0 flex-wrap justify-end">
          {ofOne && actor?.id && !undone_by && <UndoAllButton command={command} who={sayActor(actor, here)} />}
          <button
            type="button"
            className="btn btn-quiet min-h-8 px-2.5"
            aria-label={`${undone_by ? "Redo" : "Undo"}: ${summary}`}
            onClick={() => undo(back)}
          >
            {undone_by ? "Redo" : "Undo"}
          </button>
        </div>
      )}
    </li>
  );
}
