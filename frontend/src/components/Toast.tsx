import type { Notice } from "@/lib/notices";
import { Icon } from "./Icon";

export function Toast({ notice, dismiss }: { notice: Notice; dismiss: () => void }) {
  const tone = notice.tone === "error" ? "border-danger/40 text-danger" : "border-line text-ink";
  return (
    <div className={`toast appear ${tone}`}>
      <span className="min-w-0 py-1.5 [overflow-wrap:anywhere]">{notice.text}</span>
      {notice.actions.map((action) => (
        <button
          key={action.label}
          type="button"
          className="btn btn-quiet min-h-8 px-2.5 text-accent"
          onClick={() => {
            dismiss();
            action.run();
          }}
        >
          {action.label}
        </button>
      ))}
      <button type="button" className="btn-icon" aria-label="Dismiss" onClick={dismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}
