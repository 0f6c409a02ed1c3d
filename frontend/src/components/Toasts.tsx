import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { Toast } from "./Toast";

/** The region is always there, so that screen readers announce what is added to it; it is above the bulk bar. */
export function Toasts() {
  const { notices } = useApp();
  const shown = useStore(notices);
  return (
    <section aria-label="Notifications" className="toasts">
      <div role="status" aria-live="polite" className="contents">
        {shown.map((notice) => (
          <Toast key={notice.id} notice={notice} dismiss={() => notices.dismiss(notice.id)} />
        ))}
      </div>
    </section>
  );
}
