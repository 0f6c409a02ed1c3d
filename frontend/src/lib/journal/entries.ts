import type { ListedCommand, User } from "../api/types";
import { dayOf } from "../time";
import { actorKey } from "./actors";

export interface Day {
  day: string;
  commands: ListedCommand[];
}

/** The commands of each of the user's days, in the order given. */
export function byDay(commands: readonly ListedCommand[], user: User): Day[] {
  const days: Day[] = [];
  for (const command of commands) {
    const day = dayOf(Date.parse(command.occurred_at), user);
    const last = days.at(-1);
    if (last?.day === day) last.commands.push(command);
    else days.push({ day, commands: [command] });
  }
  return days;
}

/** One command of each who did something. */
export function actorsIn(commands: readonly ListedCommand[]): ListedCommand[] {
  return [...new Map(commands.toReversed().map((command) => [actorKey(command.actor), command])).values()].reverse();
}

/** How many numbers of the sequence these took. */
export function changesIn(commands: readonly ListedCommand[]): number {
  return commands.reduce((sum, { sequences: [first, last] }) => sum + last - first + 1, 0);
}
