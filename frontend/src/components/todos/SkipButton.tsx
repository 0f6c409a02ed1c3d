import type { Todo } from "@/lib/api/types";
import { relativeDay } from "@/lib/time";
import { useToday, useTodoActions } from "@/lib/todos/context";
import { nextDays } from "@/lib/todos/recurrence";

/** Moves a recurring todo on to its next day, without completing it. */
export function SkipButton({ todo, onSkip }: { todo: Todo; onSkip: () => void }) {
  const { run } = useTodoActions();
  const today = useToday();
  const { id, recurrence, due_date: due, completed } = todo;
  const [next] = recurrence && due && !completed ? nextDays(recurrence, due, today, 1) : [];
  if (!next) return null;
  function skip(): void {
    onSkip();
    void run([{ op: "skip", id, fields: { due_date: next ?? null } }]);
  }
  return (
    <button type="button" className="btn btn-quiet" onClick={skip}>
      Skip to {relativeDay(next, today)}
    </button>
  );
}
