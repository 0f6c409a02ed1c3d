import { useQuery } from "@tanstack/react-query";
import type { Change } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import { formatInstant, timeAgo } from "@/lib/time";

export function HistoryEntries({ id }: { id: string }) {
  const { api } = useApp();
  const { data, error } = useQuery({
    queryKey: ["history", id],
    queryFn: async ({ signal }) => (await api.getHistory(id, signal)).data,
    staleTime: 0,
  });
  if (error) return <p className="py-2 text-faint">The history cannot be read right now.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section tabIndex={0} aria-label="History" className="mt-2 max-h-56 overflow-y-auto">
      <ol className="flex flex-col gap-2 border-line border-s ps-4">
        {(data ?? []).toReversed().map((change) => (
          <li key={change.sequence} className="flex flex-wrap justify-between gap-x-4">
            <span className="text-soft">{textOf(change)}</span>
            <time dateTime={change.occurred_at} title={formatInstant(change.occurred_at)} className="text-faint">
              {timeAgo(change.occurred_at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}

const NAMES: Record<string, string> = {
  title: "title",
  description: "notes",
  priority: "priority",
  tags: "tags",
  due_date: "due day",
  due_time: "due time",
};

function textOf({ type, changed, previous }: Change): string {
  const verb = type.split(".")[1] ?? "changed";
  if (verb !== "updated") return verb.charAt(0).toUpperCase() + verb.slice(1);
  if (changed.includes("title") && typeof previous.title === "string") return `Renamed from “${previous.title}”`;
  const fields = changed.map((name) => NAMES[name]).filter(Boolean);
  return `Changed ${fields.join(", ") || "details"}`;
}
