import { orGone } from "../api/errors";
import { filterCalls } from "../api/filters";
import type { Filter } from "../api/generated/types.gen";
import type { Answer, Http } from "../api/http";
import { type Remote, sequenceOf } from "./cache";
import { inOrder } from "./filter-writes";
import { FILTERS } from "./filters";
import type { FilterAction } from "./writes";

/** Sends what is done to a saved filter; resolves to the sequence that it reached. */
export async function sendFilter({ client, http }: Remote, action: FilterAction, key: string): Promise<number> {
  const answer = await send(http, action, key);
  client.setQueryData<Filter[]>(FILTERS, (known) => {
    const others = known?.filter(({ id }) => id !== action.id);
    return answer?.data ? others && inOrder([...others, answer.data]) : others;
  });
  return answer ? sequenceOf(answer.headers) : 0;
}

function send(http: Http, action: FilterAction, key: string): Promise<Answer<Filter | undefined> | null> {
  const { create, rename, move, remove } = filterCalls(http);
  switch (action.op) {
    case "create-filter":
      return create({ id: action.id, ...action.fields }, key);
    case "rename-filter":
      return rename(action.id, action.fields.name, key);
    case "move-filter":
      return move(action.id, action.to, key);
    case "delete-filter":
      return orGone(remove(action.id, key));
  }
}
