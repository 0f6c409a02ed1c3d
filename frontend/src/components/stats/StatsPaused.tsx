import { requestId } from "@/lib/api/errors";

/** The rest of the app does not depend on the stats service, and says so. */
export function StatsPaused({ error, retry }: { error: unknown; retry: () => void }) {
  const id = requestId(error);
  return (
    <section role="alert" aria-label="Progress" className="card appear p-5 text-sm">
      <p className="font-medium">Statistics are paused</p>
      <p className="mt-1 text-faint">Your todos work as usual. The numbers catch up by themselves.</p>
      <button type="button" className="btn btn-plain mt-4" onClick={retry}>
        Try now
      </button>
      {id && <p className="mt-3 text-faint text-xs [overflow-wrap:anywhere]">Request {id}</p>}
    </section>
  );
}
