import { adminCalls } from "@/lib/api/admin";
import type { NewInvitation } from "@/lib/api/generated/types.gen";
import { useCalls } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { Labelled } from "../Labelled";
import { Select } from "../Select";

const LIVES: [string, string][] = [
  ["1", "A day"],
  ["7", "A week"],
  ["30", "30 days"],
];

export function InvitationForm({ onInvited }: { onInvited: (invitation: NewInvitation) => void }) {
  const { invite } = useCalls(adminCalls);
  const { busy, error, onSubmit } = useSubmit(async (fields, form) => {
    const email = String(fields.get("email")).trim();
    onInvited((await invite({ ...(email ? { email } : {}), days: Number(fields.get("days")) })).data);
    form.reset();
  });
  return (
    <form onSubmit={onSubmit} className="mt-5 grid gap-4 sm:grid-cols-2">
      <Field
        label="Email of whom you invite"
        name="email"
        type="email"
        autoComplete="off"
        hint="Optional. With one the link is mailed, and for it alone."
        error={fieldError(error, "email")}
      />
      <Labelled label="Valid for">
        <Select name="days" defaultValue="7" options={LIVES} />
      </Labelled>
      <div className="sm:col-span-2">
        <FormError error={error} fields={["email"]} />
        <button type="submit" className="btn btn-plain" disabled={busy}>
          {busy ? "Inviting…" : "Invite"}
        </button>
      </div>
    </form>
  );
}
