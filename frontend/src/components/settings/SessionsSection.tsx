import { useMutation, useQuery } from "@tanstack/react-query";
import { accountCalls } from "@/lib/api/account";
import { describe } from "@/lib/api/errors";
import type { Session } from "@/lib/api/types";
import { useApp, useCalls } from "@/lib/app";
import { ErrorState } from "../ErrorState";
import { Section } from "./Section";
import { SessionRow } from "./SessionRow";

const SESSIONS = ["sessions"];

export function SessionsSection() {
  const account = useCalls(accountCalls);
  const { client, notices } = useApp();
  const { data, error, refetch } = useQuery({
    queryKey: SESSIONS,
    queryFn: async ({ signal }) => (await account.getSessions(signal)).data,
  });
  const end = useMutation({
    mutationFn: (session: Session) => account.endSession(session.id),
    onSuccess: () => notices.notify("Session ended"),
    onError: (failure) => notices.notify(describe(failure), { tone: "error" }),
    onSettled: () => client.invalidateQueries({ queryKey: SESSIONS }),
  });
  return (
    <Section title="Sessions" note="Where you are logged in.">
      {error && <ErrorState error={error} retry={() => void refetch()} title="Your sessions did not load" />}
      {!data && !error && <div className="skeleton late h-24" />}
      <ul className="flex flex-col">
        {data?.map((session) => (
          <SessionRow key={session.id} session={session} busy={end.isPending} onEnd={() => end.mutate(session)} />
        ))}
      </ul>
    </Section>
  );
}
