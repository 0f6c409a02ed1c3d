import type { ListedCommand } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import { formatInstant } from "@/lib/time";
import { useTodoActions, useUser } from "@/lib/todos/context";

/** Takes back what one log-in or token did from this line on, as one command. */
export function UndoAllButton({ command, who }: { command: ListedCommand; who: string }) {
  const { questions, notices } = useApp();
  const { run } = useTodoActions();
  const { time_zone } = useUser();
  const since = formatInstant(command.occurred_at, time_zone);

  async function undoAll(): Promise<void> {
    const question = {
      title: "Undo everything from here on?",
      text: `All that was done since ${since} by: ${who}. What others did in between stays. The journal keeps all of it, and this can be undone, too.`,
      action: "Undo everything",
    };
    if (!command.actor?.id || !(await questions.confirm(question))) return;
    const what = `everything since ${since} by: ${who}`;
    const all = { op: "undo-all", id: "", actor_id: command.actor.id, since: command.sequences[0] - 1, what } as const;
    if (await run([all])) notices.notify(`Undone: ${what}`);
  }

  return (
    <button
      type="button"
      className="btn btn-quiet min-h-8 shrink-0 px-2.5"
      aria-label={`Undo all since: ${command.summary}`}
      onClick={() => void undoAll()}
    >
      Undo all since
    </button>
  );
}
