import { useState } from "react";
import { type AccountAction, adminCalls } from "@/lib/api/admin";
import type { Account } from "@/lib/api/generated/types.gen";
import { useApp, useCalls } from "@/lib/app";
import { ShownOnce } from "../ShownOnce";
import { useAction } from "../security/use-action";
import { ADMIN } from "./keys";

const DISABLE = "Nobody can log in to it any more, and who is logged in is out at once. Nothing is deleted.";
const PROMOTE = "An administrator sees, disables and deletes accounts, and makes administrators.";
const DELETE = "Everything of it goes, in every service. This cannot be undone.";

/** What an administrator does with an account of another; what is hard to take back is asked for first. */
export function AccountActions({ account }: { account: Account }) {
  const { id, email } = account;
  const calls = useCalls(adminCalls);
  const { questions } = useApp();
  const [link, setLink] = useState("");
  const act = useAction((action: AccountAction) => calls.act(id, action), `Done: ${email}`, ADMIN);
  const remove = useAction(() => calls.deleteAccount(id), `Deleted: ${email}`, ADMIN);
  const makeLink = useAction(async () => setLink((await calls.makeResetLink(id)).data.link), "", ADMIN);
  const busy = act.isPending || remove.isPending || makeLink.isPending;

  async function ask(title: string, text: string, action: string, run: () => void): Promise<void> {
    if (await questions.confirm({ title, text, action })) run();
  }

  return (
    <details className="basis-full">
      <summary className="text-link w-fit" aria-label={`Manage ${email}`}>
        Manage
      </summary>
      <div className="mt-3 flex flex-wrap gap-2">
        {account.disabled ? (
          <button type="button" className="btn btn-plain" disabled={busy} onClick={() => act.mutate("enable")}>
            Enable
          </button>
        ) : (
          <button
            type="button"
            className="btn btn-plain"
            disabled={busy}
            onClick={() => void ask(`Disable ${email}?`, DISABLE, "Disable", () => act.mutate("disable"))}
          >
            Disable
          </button>
        )}
        {account.administrator ? (
          <button type="button" className="btn btn-plain" disabled={busy} onClick={() => act.mutate("demote")}>
            Make no administrator
          </button>
        ) : (
          <button
            type="button"
            className="btn btn-plain"
            disabled={busy}
            onClick={() => void ask(`Make ${email} an administrator?`, PROMOTE, "Make", () => act.mutate("promote"))}
          >
            Make administrator
          </button>
        )}
        <button type="button" className="btn btn-plain" disabled={busy} onClick={() => act.mutate("end-sessions")}>
          End sessions
        </button>
        <button type="button" className="btn btn-plain" disabled={busy} onClick={() => makeLink.mutate()}>
          Link to set the password
        </button>
        <button
          type="button"
          className="btn btn-danger"
          disabled={busy}
          onClick={() => void ask(`Delete ${email}?`, DELETE, "Delete", () => remove.mutate())}
        >
          Delete
        </button>
      </div>
      {link && (
        <ShownOnce
          title="Hand it over now: it works once, for an hour, and is not shown again."
          text={link}
          onClose={() => setLink("")}
        />
      )}
    </details>
  );
}
