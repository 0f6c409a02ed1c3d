import type { NewApiToken } from "@/lib/api/generated/types.gen";
import { securityCalls } from "@/lib/api/security";
import type { CreatedApiToken } from "@/lib/api/types";
import { useCalls } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { Labelled } from "../Labelled";
import { Select } from "../Select";

const DAY_MS = 86_400_000;
const SCOPES: [NewApiToken["scopes"][number], string][] = [
  ["todos:read", "Read todos"],
  ["todos:write", "Change todos"],
  ["stats:read", "Read statistics"],
  ["events:read", "Follow changes live"],
  ["profile:read", "Read the profile"],
  ["webhooks:write", "Manage webhooks"],
];
const LIVES: [string, string][] = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "A year"],
  ["", "Until deleted"],
];

export function NewApiTokenForm({ onCreated }: { onCreated: (token: CreatedApiToken) => void }) {
  const { createApiToken } = useCalls(securityCalls);
  const { busy, error, onSubmit } = useSubmit(async (fields, form) => {
    onCreated((await createApiToken(tokenOf(fields))).data);
    form.reset();
  });
  const missing = fieldError(error, "scopes");
  return (
    <form onSubmit={onSubmit} className="mt-5 grid gap-4 sm:grid-cols-2">
      <Field
        label="Name of a new token"
        name="name"
        placeholder="Backup script"
        required
        maxLength={100}
        error={fieldError(error, "name")}
      />
      <Labelled label="Expires after">
        <Select name="days" defaultValue="90" options={LIVES} />
      </Labelled>
      <fieldset className="sm:col-span-2" aria-describedby={missing ? "scopes-note" : undefined}>
        <legend className="label">It may</legend>
        <div className="grid gap-2 sm:grid-cols-2">
          {SCOPES.map(([scope, name]) => (
            <label key={scope} className="flex items-center gap-3">
              <input
                type="checkbox"
                name="scopes"
                value={scope}
                className="check check-square"
                defaultChecked={scope === "todos:read"}
              />
              {name}
            </label>
          ))}
        </div>
        {missing && (
          <p id="scopes-note" className="mt-1.5 text-danger text-sm">
            Tick at least one.
          </p>
        )}
      </fieldset>
      <div className="sm:col-span-2">
        <FormError error={error} fields={["name", "scopes"]} />
        <button type="submit" className="btn btn-plain" disabled={busy}>
          {busy ? "Creating…" : "Create token"}
        </button>
      </div>
    </form>
  );
}

function tokenOf(fields: FormData): NewApiToken {
  const days = Number(fields.get("days"));
  return {
    name: String(fields.get("name")).trim(),
    scopes: fields.getAll("scopes") as NewApiToken["scopes"],
    ...(days ? { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() } : {}),
  };
}
