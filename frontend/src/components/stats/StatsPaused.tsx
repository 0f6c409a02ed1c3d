import { RequestId } from "../RequestId";

interface StatsPausedProps {
  error: unknown;
  retry: () => void;
  className?: string;
}

/** Shown in place of the statistics; the rest of the app does not depend on the stats service. */
export function StatsPaused({ error, retry, className = "" }: StatsPausedProps) {
  return (
    <section role="alert" aria-label="Progress" className={`card appear p-5 text-sm ${className}`}>
      <p className="font-medium">Statistics are paused</p>
      <p className="mt-1 text-faint">Your todos work as usual. The numbers catch up by themselves.</p>
      <button type="button" className="btn btn-plain mt-4" onClick={retry}>
        Try now
      </button>
      <RequestId error={error} />
    </section>
  );
}
