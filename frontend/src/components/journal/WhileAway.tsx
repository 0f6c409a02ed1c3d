import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useState } from "react";
import { commandCalls } from "@/lib/api/commands";
import { useCalls } from "@/lib/app";
import { endAbsence, notePresence } from "@/lib/journal/absence";
import { actorKey, sayActor } from "@/lib/journal/actors";
import { actorsIn, changesIn } from "@/lib/journal/entries";
import { Icon } from "../Icon";

const MOST = 100;

/** After a day or more: how much has happened meanwhile and by whom, with the way to the journal. */
export default function WhileAway() {
  const [since, setSince] = useState<string | null>(null);
  const { getCommands } = useCalls(commandCalls);
  const { data } = useQuery({
    queryKey: ["absence", since],
    queryFn: async ({ signal }) => (await getCommands({ since: since ?? 0, limit: MOST }, signal)).data,
    enabled: since !== null,
  });
  // Not while rendering: a render that is thrown away would end the absence unseen.
  useEffect(() => {
    setSince(endAbsence());
    return notePresence();
  }, []);
  if (!since || !data?.length) return null;
  return (
    <aside aria-label="While you were away" className="away-card appear">
      <div className="flex items-center justify-between gap-2">
        <h2>While you were away</h2>
        <button type="button" className="btn-icon -me-2" aria-label="Dismiss" onClick={() => setSince(null)}>
          <Icon name="close" />
        </button>
      </div>
      <ul className="mt-1 flex flex-col gap-1 text-sm text-soft">
        {actorsIn(data).map(({ actor }) => {
          const count = changesIn(data.filter((each) => actorKey(each.actor) === actorKey(actor)));
          return (
            <li key={actorKey(actor)} className="flex justify-between gap-4">
              <span className="min-w-0 truncate">{sayActor(actor, "")}</span>
              <span className="shrink-0 text-faint tabular-nums">
                {count}
                {data.length === MOST && "+"} {count === 1 ? "change" : "changes"}
              </span>
            </li>
          );
        })}
      </ul>
      <Link href="/journal" prefetch={false} className="btn btn-plain mt-3 w-full" onClick={() => setSince(null)}>
        See the journal
      </Link>
    </aside>
  );
}
