"use client";

import { useQuery } from "@tanstack/react-query";
import { getProviders } from "@/lib/api/ways-in";
import { noteSession } from "@/lib/session-note";

const FAILED: Record<string, string> = {
  account_disabled: "An administrator has disabled this account.",
  account_unverified: "An account has this address and has not verified it: set its password by mail, then try again.",
  invitation_required: "Accounts are made with an invitation here.",
  provider_email_unverified: "Your address is not verified there: do that first.",
  provider_unavailable: "It does not answer: try again later, or log in with the password.",
  registration_closed: "No new accounts are made here.",
};
const OTHERWISE = "That log-in was not finished: try again.";

/** The providers by which one can log in, and why the last try with one failed; nothing where there are none. */
export default function OtherWays({ failure, next }: { failure: string; next: string }) {
  const { data } = useQuery({
    queryKey: ["providers"],
    queryFn: async ({ signal }) => (await getProviders(signal)).data,
  });
  return (
    <div className="mt-3 flex flex-col gap-2 *:empty:-mt-2">
      <div role="alert">
        {failure && (
          <p className="appear rounded-lg bg-danger-soft px-3 py-2.5 text-danger text-sm">
            {FAILED[failure] ?? OTHERWISE}
          </p>
        )}
      </div>
      {data?.map(({ id, name }) => (
        // The refresh cookie is there when the browser comes back: the note says that it is worth a try.
        <a
          key={id}
          href={`/api/auth/providers/${id}/start?${new URLSearchParams({ next })}`}
          className="btn btn-plain min-h-10.5"
          onClick={() => noteSession(true)}
        >
          Log in with {name}
        </a>
      ))}
    </div>
  );
}
