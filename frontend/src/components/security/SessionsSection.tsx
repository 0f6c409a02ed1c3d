import { useQuery } from "@tanstack/react-query";
import { securityCalls } from "@/lib/api/security";
import type { Session } from "@/lib/api/types";
import { useCalls } from "@/lib/app";
import { Section } from "../settings/Section";
import { Rows } from "./Rows";
import { SessionRow } from "./SessionRow";
import { useAction } from "./use-action";
import { SECURITY } from "./use-security";

export function SessionsSection() {
  const calls = useCalls(securityCalls);
  const query = useQuery({
    queryKey: [...SECURITY, "sessions"],
    queryFn: async ({ signal }) => (await calls.getSessions(signal)).data,
  });
  const end = useAction(({ id }: Session) => calls.endSession(id), "Session ended");
  return (
    <Section title="Sessions" note="Where you are logged in.">
      <Rows query={query} failed="Your sessions did not load">
        {(session) => (
          <SessionRow key={session.id} session={session} busy={end.isPending} onEnd={() => end.mutate(session)} />
        )}
      </Rows>
    </Section>
  );
}
