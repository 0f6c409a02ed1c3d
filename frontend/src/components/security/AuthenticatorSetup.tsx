import { hasCode } from "@/lib/api/errors";
import type { Enrolment } from "@/lib/api/generated/types.gen";
import { securityCalls } from "@/lib/api/security";
import { useCalls } from "@/lib/app";
import { useSubmit } from "@/lib/use-submit";
import { CodeField } from "../CodeField";
import { FormError } from "../FormError";

interface AuthenticatorSetupProps {
  enrolment: Enrolment;
  onConfirmed: (recoveryCodes: string[]) => void;
  onCancel: () => void;
}

const WRONG = "The code is wrong. If it stays so, set the clock of your phone.";

export function AuthenticatorSetup({ enrolment, onConfirmed, onCancel }: AuthenticatorSetupProps) {
  const { confirmAuthenticator } = useCalls(securityCalls);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    onConfirmed((await confirmAuthenticator(String(fields.get("code")).replace(/\s/g, ""))).data.recovery_codes);
  });
  return (
    <form onSubmit={onSubmit} className="appear flex flex-col gap-5 sm:flex-row">
      {/* White in the dark too: cameras read dark on light. */}
      {/* biome-ignore lint/performance/noImgElement: it is in its address, nothing is fetched */}
      <img
        src={`data:image/svg+xml,${encodeURIComponent(standalone(enrolment.qr_svg))}`}
        alt="QR code of the key below"
        className="size-48 shrink-0 self-start rounded-lg bg-white p-1"
      />
      <div className="flex min-w-0 flex-1 flex-col gap-4">
        <p className="text-sm">
          Scan it with an authenticator app, or type in this key:
          <code className="mt-1.5 block text-faint [overflow-wrap:anywhere]">{grouped(enrolment.secret)}</code>
        </p>
        <CodeField hint="The six digits that the app shows." error={hasCode(error, "wrong_code") ? WRONG : undefined} />
        <FormError error={hasCode(error, "wrong_code") ? null : error} />
        <div className="flex gap-2">
          <button type="submit" className="btn btn-primary" disabled={busy}>
            {busy ? "Checking…" : "Turn on"}
          </button>
          <button type="button" className="btn btn-quiet" onClick={onCancel}>
            Cancel
          </button>
        </div>
      </div>
    </form>
  );
}

/** The API gives it as HTML takes it; an image needs its namespace. */
function standalone(svg: string): string {
  return svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
}

function grouped(secret: string): string {
  return secret.replace(/.{4}(?=.)/g, "$& ");
}
