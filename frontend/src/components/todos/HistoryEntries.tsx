import { useQuery } from "@tanstack/react-query";
import type { Change, Todo } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import { formatInstant } from "@/lib/time";
import { useProjects, useTodoActions, useTodos, useUser } from "@/lib/todos/context";
import { fieldsThen } from "@/lib/todos/versions";
import { updateOf } from "@/lib/todos/writes";
import { HistoryEntry } from "./HistoryEntry";

export function HistoryEntries({ id, onBack }: { id: string; onBack: () => void }) {
  const { api, notices } = useApp();
  const { run, undo } = useTodoActions();
  const now = useTodos().todos.get(id);
  const projects = useProjects();
  const { time_zone } = useUser();
  const { data, error } = useQuery({
    queryKey: ["history", id],
    queryFn: async ({ signal }) => (await api.getHistory(id, signal)).data,
    staleTime: 0,
  });
  if (error) return <p className="py-2 text-faint">The history cannot be read right now.</p>;

  function backTo({ occurred_at }: Change, update: NonNullable<ReturnType<typeof updateOf>>, { title }: Todo): void {
    onBack();
    void run([update]);
    const then = formatInstant(occurred_at, time_zone);
    notices.notify(`“${title}” is as it was on ${then}`, { actions: [{ label: "Undo", run: () => undo() }] });
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section tabIndex={0} aria-label="History" className="mt-2 max-h-64 overflow-y-auto">
      <ol className="flex flex-col gap-1 border-line border-s ps-4">
        {(data ?? []).toReversed().map((change) => {
          const update = now && updateOf(now, fieldsThen(change.todo, projects));
          const back = now && update ? () => backTo(change, update, now) : undefined;
          return <HistoryEntry key={change.sequence} change={change} onBack={back} />;
        })}
      </ol>
    </section>
  );
}
