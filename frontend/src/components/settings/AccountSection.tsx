import { lazy, Suspense, useState } from "react";
import { LogOutButton } from "./LogOutButton";
import { Section } from "./Section";

const DeleteAccountDialog = lazy(() => import("./DeleteAccountDialog"));

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
      <Suspense>{deleting && <DeleteAccountDialog onClose={() => setDeleting(false)} />}</Suspense>
    </Section>
  );
}
