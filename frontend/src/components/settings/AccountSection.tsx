import { useState } from "react";
import { DeleteAccountDialog } from "./DeleteAccountDialog";
import { LogOutButton } from "./LogOutButton";
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
      {deleting && <DeleteAccountDialog onClose={() => setDeleting(false)} />}
    </Section>
  );
}
