import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { commandCalls } from "../api/commands";
import type { ListedCommand } from "../api/types";
import { useApp, useCalls, useSession } from "../app";
import { nextLink, todosQuery } from "../todos/queries";
import { sessionIn } from "./actors";

const JOURNAL = ["journal"];
const PAGE = 50;

interface Page {
  commands: ListedCommand[];
  more: boolean;
}

/** What was done, the newest first, as far as it has been read; it follows what happens. */
export function useJournal() {
  const { getCommands } = useCalls(commandCalls);
  const query = useInfiniteQuery({
    queryKey: JOURNAL,
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      const { data, headers } = await getCommands({ limit: PAGE, before: pageParam }, signal);
      return { commands: data, more: nextLink(headers.get("link")) !== null };
    },
    getNextPageParam: ({ commands, more }) => (more ? commands.at(-1)?.sequences[0] : undefined),
  });
  useRefresh();
  return { ...query, commands: query.data?.pages.flatMap(({ commands }) => commands) };
}

/** Each change of the user's todos is a line more. */
function useRefresh(): void {
  const { api, client } = useApp();
  const { data: sequence } = useQuery({ ...todosQuery(api), enabled: false, select: ({ sequence }) => sequence });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number is what calls for it
  useEffect(() => void client.invalidateQueries({ queryKey: JOURNAL }), [client, sequence]);
}

/** The id of this session, "" while it is not known. */
export function useHere(): string {
  const session = useSession();
  return session.status === "signed-in" ? sessionIn(session.token) : "";
}
