import { type DehydratedState, dehydrate, hydrate, type QueryClient } from "@tanstack/react-query";
import { DAILY, STATS } from "../stats/queries";
import { FILTERS } from "../todos/filters";
import { fact, transact } from "./database";
import { afterChanges, OLDEST_MS } from "./keeping";

const KEPT = [STATS, DAILY, FILTERS] as const;
const NAMES = new Set<unknown>(KEPT.map(([name]) => name));

type Answer = DehydratedState["queries"][number];

/** Shows the last answers to small questions, which are asked again, and keeps the newer ones. Resolves to what ends that. */
export async function followAnswers(client: QueryClient, database: IDBDatabase): Promise<() => void> {
  const kept = (await fact<Answer[]>(database, "answers")) ?? [];
  hydrate(client, { queries: kept.filter(({ state }) => Date.now() - state.dataUpdatedAt < OLDEST_MS) });
  return afterChanges(client, KEPT, async () => {
    const { queries } = dehydrate(client, {
      shouldDehydrateQuery: ({ queryKey, state }) => NAMES.has(queryKey[0]) && state.data !== undefined,
    });
    await transact(database, ["facts"], (store) => store("facts").put(queries.map(outdated), "answers"));
  });
}

/** Without the error of a later attempt. */
function outdated({ state, ...answer }: Answer): Answer {
  return {
    ...answer,
    state: { ...state, status: "success", error: null, fetchFailureReason: null, isInvalidated: true },
  };
}
