import { useState } from "react";
import { actorKey } from "@/lib/journal/actors";
import { actorsIn, byDay } from "@/lib/journal/entries";
import { useHere, useJournal } from "@/lib/journal/use-journal";
import { useUser } from "@/lib/todos/context";
import { ErrorState } from "../ErrorState";
import { Message } from "../Message";
import { ListSkeleton } from "../todos/ListSkeleton";
import { ActorChips } from "./ActorChips";
import { JournalDay } from "./JournalDay";

/** The commands by day; those of one actor where one is chosen. */
export function Journal() {
  const { commands, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useJournal();
  const [chosen, choose] = useState<string | null>(null);
  const user = useUser();
  const here = useHere();
  if (!commands)
    return error ? (
      <ErrorState error={error} retry={() => void refetch()} title="The journal did not load" />
    ) : (
      <ListSkeleton />
    );
  if (commands.length === 0)
    return <Message icon="clock" title="Nothing has happened yet" text="Whatever you do to your todos is kept here." />;
  const shown = chosen === null ? commands : commands.filter(({ actor }) => actorKey(actor) === chosen);
  return (
    <>
      <ActorChips actors={actorsIn(commands).map(({ actor }) => actor)} here={here} chosen={chosen} choose={choose} />
      {byDay(shown, user).map((day) => (
        <JournalDay key={day.day} {...day} here={here} ofOne={chosen !== null} />
      ))}
      {hasNextPage && (
        <button
          type="button"
          className="btn btn-plain mt-6"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {isFetchingNextPage ? "Loading…" : "Show earlier"}
        </button>
      )}
    </>
  );
}
