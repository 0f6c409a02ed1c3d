import { useMutation } from "@tanstack/react-query";
import type { SentTest } from "@/lib/api/generated/types.gen";
import { notificationCalls } from "@/lib/api/notifications";
import { useCalls } from "@/lib/app";
import { useUser } from "@/lib/todos/context";
import { FormError } from "../FormError";
import { Section } from "../settings/Section";

export function TestSection() {
  const { sendTest } = useCalls(notificationCalls);
  const { email } = useUser();
  const { data, error, isPending, mutate } = useMutation({ mutationFn: async () => (await sendTest()).data });
  return (
    <Section title="Try it" note="Sends a message to everywhere reminders go, quiet hours or not.">
      <FormError error={error} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <button type="button" className="btn btn-plain" disabled={isPending} onClick={() => mutate()}>
          {isPending ? "Sending…" : "Send a test"}
        </button>
        <p role="status" className="text-soft text-sm">
          {data && !isPending && sentTo(data, email)}
        </p>
      </div>
    </Section>
  );
}

function sentTo({ email, browsers }: SentTest, address: string): string {
  const places = [
    ...(email ? [address] : []),
    ...(browsers ? [`${browsers} ${browsers === 1 ? "browser" : "browsers"}`] : []),
  ];
  if (places.length > 0) return `On its way to ${places.join(" and ")}.`;
  return "There is nowhere to send it to yet: verify your address and choose e-mail, or turn on a browser.";
}
