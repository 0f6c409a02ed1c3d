import type { ListedCommand } from "@/lib/api/types";
import { actorKey, sayActor } from "@/lib/journal/actors";

interface ActorChipsProps {
  actors: ListedCommand["actor"][];
  here: string;
  chosen: string | null;
  choose: (key: string | null) => void;
}

/** Whose lines are shown: everybody's, or those of one. */
export function ActorChips({ actors, here, chosen, choose }: ActorChipsProps) {
  if (actors.length < 2) return null;
  return (
    <fieldset className="mt-5 flex flex-wrap gap-1.5">
      <legend className="sr-only">Done by</legend>
      <button type="button" className="chip" aria-pressed={chosen === null} onClick={() => choose(null)}>
        Everybody
      </button>
      {actors.map((actor) => {
        const key = actorKey(actor);
        return (
          <button key={key} type="button" className="chip" aria-pressed={chosen === key} onClick={() => choose(key)}>
            {sayActor(actor, here)}
          </button>
        );
      })}
    </fieldset>
  );
}
