import { securityCalls } from "@/lib/api/security";
import { useApp, useCalls } from "@/lib/app";
import { browserName } from "@/lib/browser-name";
import { makePasskey } from "@/lib/passkeys";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";

export function NewPasskeyForm({ onAdded }: { onAdded: () => void }) {
  const { getNewPasskeyOptions, addPasskey } = useCalls(securityCalls);
  const { notices } = useApp();
  const { busy, error, onSubmit } = useSubmit(async (fields, form) => {
    const credential = await makePasskey((await getNewPasskeyOptions()).data);
    await addPasskey({ credential, name: String(fields.get("name")).trim() });
    form.reset();
    onAdded();
    notices.notify("Passkey added");
  });
  return (
    <form onSubmit={onSubmit} className="mt-5">
      <div className="flex flex-wrap items-end gap-2">
        <Field
          className="min-w-48 flex-1"
          label="Name of a new passkey"
          name="name"
          defaultValue={browserName(navigator.userAgent)}
          required
          maxLength={100}
          error={fieldError(error, "name")}
        />
        <button type="submit" className="btn btn-plain min-h-10" disabled={busy}>
          {busy ? "Waiting for your device…" : "Add a passkey"}
        </button>
      </div>
      <div className="mt-3">
        <FormError error={error} fields={["name"]} />
      </div>
    </form>
  );
}
