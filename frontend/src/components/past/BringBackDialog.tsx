import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { commandCalls } from "@/lib/api/commands";
import { useApp, useCalls } from "@/lib/app";
import type { Moment } from "@/lib/past/use-past";
import { formatInstant } from "@/lib/time";
import { useTodoActions, useUser } from "@/lib/todos/context";
import { FormError } from "../FormError";
import { Modal } from "../Modal";
import { ModalActions } from "../ModalActions";

const SAID: Record<string, string> = {
  created: "come back that were gone for good",
  restored: "come back from the trash",
  deleted: "go to the trash",
  updated: "become what they were",
  completed: "are completed again",
  reopened: "are open again",
};

interface BringBackDialogProps {
  as_of: Moment;
  at: number;
  onClose: () => void;
}

/** What bringing everything back would do, counted by the service, before it is done. */
export function BringBackDialog({ as_of, at, onClose }: BringBackDialogProps) {
  const { restore } = useCalls(commandCalls);
  const { notices } = useApp();
  const { run, undo } = useTodoActions();
  const { time_zone } = useUser();
  const router = useRouter();
  const { data, error } = useQuery({
    queryKey: ["bring-back", as_of],
    queryFn: async () => (await restore({ as_of, dry_run: true })).data,
    gcTime: 0,
    staleTime: 0,
  });
  const then = formatInstant(new Date(at).toISOString(), time_zone);
  const counts = Object.entries(data?.changes ?? {});

  async function bringBack(): Promise<void> {
    onClose();
    const what = `brought back to ${then}`;
    if (!(await run([{ op: "bring-back", id: "", as_of, what }]))) return;
    notices.notify(`Everything was ${what}`, { actions: [{ label: "Undo", run: () => undo() }] });
    router.push("/");
  }

  return (
    <Modal
      title="Bring this back?"
      text={`Your todos and projects become what they were on ${then}. The journal keeps what was since, and this can be undone.`}
      onClose={onClose}
    >
      {(close) => (
        <>
          <div role="status" className="mt-4 min-h-12">
            {!data && !error && <div className="skeleton late h-12" />}
            {data && counts.length === 0 && <p>Nothing differs from now.</p>}
            {counts.length > 0 && (
              <ul className="flex flex-wrap gap-2" aria-label="What changes">
                {counts.map(([verb, count]) => (
                  <li key={verb} className="rounded-full bg-hover px-3 py-1 text-sm">
                    {count} {SAID[verb] ?? verb}
                  </li>
                ))}
              </ul>
            )}
            {data && data.kept > 0 && (
              <p className="mt-2 text-faint text-sm">{data.kept} cannot be as they were: what they were in is gone.</p>
            )}
          </div>
          <FormError error={error ?? null} />
          <ModalActions onCancel={close}>
            <button
              type="button"
              className="btn btn-primary"
              disabled={counts.length === 0}
              onClick={() => void bringBack()}
            >
              Bring back
            </button>
          </ModalActions>
        </>
      )}
    </Modal>
  );
}
