import { useMutation } from "@tanstack/react-query";
import { describe } from "@/lib/api/errors";
import { useApp } from "@/lib/app";
import { SECURITY } from "./use-security";

/** What a button does: a notice says `done`, or why it is not, and what is read under `key` is read anew. */
export function useAction<Given = void>(call: (given: Given) => Promise<unknown>, done = "", key = SECURITY) {
  const { client, notices } = useApp();
  return useMutation({
    mutationFn: call,
    onSuccess: () => done && notices.notify(done),
    onError: (failure) => notices.notify(describe(failure), { tone: "error" }),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  });
}
