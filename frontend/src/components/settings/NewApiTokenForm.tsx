import { useState } from "react";
import { accountCalls } from "@/lib/api/account";
import { ApiError } from "@/lib/api/errors";
import type { NewApiToken } from "@/lib/api/generated/types.gen";
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

/** Asks for the password when the log-in is not fresh. */
export function NewApiTokenForm({ onCreated }: { onCreated: (token: CreatedApiToken) => void }) {
  const account = useCalls(accountCalls);
  const [stale, setStale] = useState(false);
  const { busy, error, onSubmit } = useSubmit(async (fields, form) => {
    if (stale) await account.reauthenticate({ password: String(fields.get("password")) });
    try {
      onCreated((await account.createApiToken(tokenOf(fields))).data);
    } catch (failure) {
      if (!hasCode(failure, "reauthentication_required")) throw failure;
      return setStale(true);
    }
    setStale(false);
    form.reset();
  });
  const wrong = hasCode(error, "wrong_password");
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
      {stale && (
        <Field
          className="sm:col-span-2"
          label="Your password, once more"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          error={wrong ? "This is not your password." : undefined}
        />
      )}
      <div className="sm:col-span-2">
        <FormError error={wrong ? null : error} fields={["name", "scopes"]} />
        <button type="submit" className="btn btn-plain" disabled={busy}>
          {busy ? "Creating…" : "Create token"}
        </button>
      </div>
    </form>
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}

function tokenOf(fields: FormData): NewApiToken {
  const days = Number(fields.get("days"));
  return {
    name: String(fields.get("name")).trim(),
    scopes: fields.getAll("scopes") as NewApiToken["scopes"],
    ...(days ? { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() } : {}),
  };
}
