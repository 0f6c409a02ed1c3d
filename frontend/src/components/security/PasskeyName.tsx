import type { Passkey } from "@/lib/api/generated/types.gen";
import { securityCalls } from "@/lib/api/security";
import { useCalls } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";

/** The row of a passkey that is being renamed. */
export function PasskeyName({ passkey, onDone }: { passkey: Passkey; onDone: () => void }) {
  const { renamePasskey } = useCalls(securityCalls);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    const name = String(fields.get("name")).trim();
    if (name !== passkey.name) await renamePasskey(passkey.id, name);
    onDone();
  });
  return (
    <li className="border-line border-b py-3 first:pt-0 last:border-0">
      <form
        onSubmit={onSubmit}
        onKeyDown={(event) => event.key === "Escape" && onDone()}
        className="flex flex-wrap items-end gap-2"
      >
        <Field
          className="min-w-48 flex-1"
          label="Name of the passkey"
          name="name"
          defaultValue={passkey.name}
          required
          maxLength={100}
          autoFocus
          error={fieldError(error, "name")}
        />
        <button type="button" className="btn btn-quiet" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="btn btn-plain" disabled={busy}>
          Save
        </button>
      </form>
      <FormError error={error} fields={["name"]} />
    </li>
  );
}
