import type { CreatedApiToken } from "@/lib/api/types";
import { useApp } from "@/lib/app";

/** The only time that the token is shown. */
export function ShownApiToken({ token, onClose }: { token: CreatedApiToken; onClose: () => void }) {
  const { notices } = useApp();

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(token.token);
    notices.notify("Copied");
  }

  return (
    <div role="status" className="appear mt-4 rounded-xl bg-hover p-4 text-sm">
      <p className="font-medium">Copy “{token.name}” now: it is not shown again.</p>
      <code className="mt-2 block break-all">{token.token}</code>
      <div className="mt-3 flex gap-2">
        {navigator.clipboard && (
          <button type="button" className="btn btn-primary" onClick={() => void copy()}>
            Copy
          </button>
        )}
        <button type="button" className="btn btn-quiet" onClick={onClose}>
          Done
        </button>
      </div>
    </div>
  );
}
