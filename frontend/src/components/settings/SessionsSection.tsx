"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as api from "@/lib/api/endpoints";
import { describe } from "@/lib/api/errors";
import type { Session } from "@/lib/api/types";
import { browserName } from "@/lib/browser-name";
import { notify } from "@/lib/notices";
import { timeAgo } from "@/lib/time";
import { ErrorState } from "../ErrorState";
import { Section } from "./Section";

const SESSIONS = ["sessions"];

export function SessionsSection() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: SESSIONS,
    queryFn: async ({ signal }) => (await api.getSessions(signal)).data,
  });
  const end = useMutation({
    mutationFn: (session: Session) => api.endSession(session.id),
    onSuccess: () => notify("Session ended"),
    onError: (failure) => notify(describe(failure), { tone: "error" }),
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

function SessionRow({ session, busy, onEnd }: { session: Session; busy: boolean; onEnd: () => void }) {
  const name = browserName(session.user_agent ?? "");
  return (
    <li className="flex items-center gap-4 border-line border-b py-3 first:pt-0 last:border-0 last:pb-0">
      <div className="min-w-0 flex-1">
        <p className="truncate">
          {name}
          {session.current && (
            <span className="ms-2 rounded-full bg-accent-soft px-2 py-0.5 text-accent text-xs">This one</span>
          )}
        </p>
        <p className="mt-0.5 truncate text-faint text-sm">
          {session.ip && `${session.ip} · `}last used {timeAgo(session.last_used_at)}
        </p>
      </div>
      {!session.current && (
        <button
          type="button"
          className="btn btn-plain"
          aria-label={`End session: ${name}`}
          disabled={busy}
          onClick={onEnd}
        >
          End
        </button>
      )}
    </li>
  );
}
