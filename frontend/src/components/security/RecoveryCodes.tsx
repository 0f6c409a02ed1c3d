import { save } from "@/lib/save";
import { CopyButton } from "../CopyButton";

/** The only time that they are shown. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const text = codes.join("\n");

  return (
    <div role="status" className="appear rounded-xl bg-hover p-4 text-sm">
      <p className="font-medium">It is on. Keep these recovery codes: they are not shown again.</p>
      <p className="mt-1 text-faint">Each lets you in once when you do not have your phone.</p>
      <ul className="mt-3 grid gap-x-6 gap-y-1 font-mono sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap gap-2">
        <button
          type="button"
          className="btn btn-primary"
          onClick={() => save(new Blob([`${text}\n`], { type: "text/plain" }), "todobus-recovery-codes.txt")}
        >
          Download
        </button>
        <CopyButton text={text} className="btn-plain" />
        <button type="button" className="btn btn-quiet" onClick={onClose}>
          I have kept them
        </button>
      </div>
    </div>
  );
}
