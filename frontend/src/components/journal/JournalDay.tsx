import { useId } from "react";
import type { Day } from "@/lib/journal/entries";
import { formatDay, relativeDay } from "@/lib/time";
import { useToday } from "@/lib/todos/context";
import { JournalEntry } from "./JournalEntry";

interface JournalDayProps extends Day {
  here: string;
  ofOne: boolean;
}

export function JournalDay({ day, commands, here, ofOne }: JournalDayProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mt-7">
      <h2 id={id} className="mb-1 flex items-baseline gap-2">
        {relativeDay(day, useToday())}
        <span className="font-normal text-faint text-sm">{formatDay(day, "full")}</span>
      </h2>
      <ol>
        {commands.map((command) => (
          <JournalEntry key={`${command.id} ${command.sequences[0]}`} command={command} here={here} ofOne={ofOne} />
        ))}
      </ol>
    </section>
  );
}
