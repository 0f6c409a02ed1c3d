import { useMutation, useQuery } from "@tanstack/react-query";
import { describe } from "@/lib/api/errors";
import { notificationCalls } from "@/lib/api/notifications";
import { useApp, useCalls } from "@/lib/app";
import { browserName } from "@/lib/browser-name";
import { type PushState, readPush, turnOff, turnOn } from "@/lib/notifications/push";
import { ErrorState } from "../ErrorState";
import { Section } from "../settings/Section";

const PUSH = ["push"];
const SAID: Record<PushState, string> = {
  unsupported: "This browser cannot show notifications. On an iPhone or iPad, add Todobus to the home screen first.",
  denied: "This browser blocks notifications of this site. Allow them in its site settings, then come back here.",
  off: "Notifications are off in this browser.",
  on: "Notifications are on in this browser, also while Todobus is closed.",
  expired: "The subscription of this browser has ended: turn notifications on again.",
};

/** Web Push to the browser that shows this. */
export function PushSection() {
  const calls = useCalls(notificationCalls);
  const { client, notices } = useApp();
  const { data, error, refetch } = useQuery({ queryKey: PUSH, queryFn: ({ signal }) => readPush(calls, signal) });
  const change = useMutation({
    mutationFn: (on: boolean) => (on ? turnOn(calls) : turnOff(calls)),
    onError: (failure) => notices.notify(whyNot(failure), { tone: "error" }),
    onSettled: () => client.invalidateQueries({ queryKey: PUSH }),
  });
  const on = data?.state === "on";
  const canChange = on || data?.state === "off" || data?.state === "expired";
  return (
    <Section title="This browser" note={browserName(navigator.userAgent)}>
      {error && <ErrorState error={error} retry={() => void refetch()} title="Push did not load" />}
      {!data && !error && <div className="skeleton late h-16" />}
      {data && (
        <>
          <p role="status">{SAID[data.state]}</p>
          {data.others > 0 && (
            <p className="mt-1 text-faint text-sm">
              On in {data.others} other {data.others === 1 ? "browser" : "browsers"}.
            </p>
          )}
          {canChange && (
            <button
              type="button"
              className="btn btn-plain mt-4"
              disabled={change.isPending}
              onClick={() => change.mutate(!on)}
            >
              {on ? "Turn off" : "Turn on"}
            </button>
          )}
        </>
      )}
    </Section>
  );
}

/** A browser that cannot reach its push service, or has none, fails with an exception of its own. */
function whyNot(failure: unknown): string {
  if (!(failure instanceof DOMException)) return describe(failure);
  return "This browser cannot reach its push service. Try again later, or in another browser.";
}
