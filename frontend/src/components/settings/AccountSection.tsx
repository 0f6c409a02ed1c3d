"use client";

import { useEffect, useRef, useState } from "react";
import * as api from "@/lib/api/endpoints";
import { ApiError, describe } from "@/lib/api/errors";
import { notify } from "@/lib/notices";
import { end, logOut } from "@/lib/session";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError } from "../FormError";
import { Icon } from "../Icon";
import { Section } from "./Section";

export function AccountSection() {
  const [deleting, setDeleting] = useState(false);
  return (
    <Section title="Account">
      <div className="flex flex-wrap gap-2">
        <LogOutButton />
        <LogOutButton everywhere />
        <button type="button" className="btn btn-danger sm:ms-auto" onClick={() => setDeleting(true)}>
          Delete account…
        </button>
      </div>
      {deleting && <DeleteDialog onClose={() => setDeleting(false)} />}
    </Section>
  );
}

function LogOutButton({ everywhere = false }: { everywhere?: boolean }) {
  const [busy, setBusy] = useState(false);

  async function leave(): Promise<void> {
    setBusy(true);
    try {
      await logOut(everywhere);
    } catch (error) {
      notify(describe(error), { tone: "error" });
      setBusy(false);
    }
  }

  return (
    <button type="button" className="btn btn-plain" disabled={busy} onClick={() => void leave()}>
      {!everywhere && <Icon name="logout" className="size-4" />}
      {everywhere ? "Log out everywhere" : "Log out"}
    </button>
  );
}

function DeleteDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    await api.deleteUser({ password: String(fields.get("password")) });
    end("logged-out");
  });
  const wrong = error instanceof ApiError && error.status === 403;
  return (
    <dialog ref={dialog} className="modal appear" aria-labelledby="delete-title" onClose={onClose}>
      <h2 id="delete-title" className="text-lg">
        Delete your account?
      </h2>
      <p className="mt-2 text-faint">
        Your todos, their history and your statistics go with it. This cannot be undone.
      </p>
      <form onSubmit={onSubmit} className="mt-5">
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={wrong ? "This is not your password." : undefined}
        />
        <FormError error={wrong ? null : error} />
        <div className="mt-6 flex flex-wrap justify-end gap-2">
          <button type="button" className="btn btn-plain" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className="btn btn-danger" disabled={busy}>
            Delete everything
          </button>
        </div>
      </form>
    </dialog>
  );
}
