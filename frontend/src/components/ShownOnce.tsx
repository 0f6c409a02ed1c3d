import { CopyButton } from "./CopyButton";

/** A secret, the only time that it is shown. */
export function ShownOnce({ title, text, onClose }: { title: string; text: string; onClose: () => void }) {
  return (
    <div role="status" className="appear mt-4 rounded-xl bg-hover p-4 text-sm">
      <p className="font-medium">{title}</p>
      <code className="mt-2 block break-all">{text}</code>
      <div className="mt-3 flex gap-2">
        <CopyButton text={text} className="btn-primary" />
        <button type="button" className="btn btn-quiet" onClick={onClose}>
          Done
        </button>
      </div>
    </div>
  );
}
