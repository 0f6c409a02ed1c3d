import { FormError } from "../FormError";
import { usePasskeyLogin } from "./use-passkey-login";

/** The way in that needs neither password nor code. */
export function PasskeyButton({ offered = false }: { offered?: boolean }) {
  const { busy, error, logIn } = usePasskeyLogin(offered);
  return (
    <div className="mt-3 flex flex-col gap-2 *:empty:-mt-2">
      <button type="button" className="btn btn-plain min-h-10.5" disabled={busy} onClick={logIn}>
        {busy ? "Waiting for your device…" : "Use a passkey"}
      </button>
      <FormError error={error} />
    </div>
  );
}
