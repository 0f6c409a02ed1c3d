import { useQuery } from "@tanstack/react-query";
import { securityCalls } from "@/lib/api/security";
import { useCalls } from "@/lib/app";
import { formatInstant, timeAgo } from "@/lib/time";
import { useUser } from "@/lib/todos/context";
import { textOf } from "./activity";
import { Rows } from "./Rows";
import { SECURITY } from "./use-security";

const SIZE = 20;

/** Entries older than `before`; the last page that is shown offers the one after it. */
export function ActivityPage({ before, onOlder }: { before?: number; onOlder?: (oldest: number) => void }) {
  const calls = useCalls(securityCalls);
  const { time_zone } = useUser();
  const query = useQuery({
    queryKey: [...SECURITY, "activity", before],
    queryFn: async ({ signal }) => (await calls.getActivity(before, SIZE, signal)).data,
  });
  const oldest = query.data?.at(SIZE - 1);
  return (
    <>
      <Rows query={query} failed="Your activity did not load">
        {(entry) => (
          <li key={entry.id} className="flex flex-wrap justify-between gap-x-4 border-line border-b py-2">
            <span>{textOf(entry)}</span>
            <span className="text-faint text-sm">
              {entry.ip && `${entry.ip} · `}
              <time dateTime={entry.at} title={formatInstant(entry.at, time_zone)}>
                {timeAgo(entry.at)}
              </time>
            </span>
          </li>
        )}
      </Rows>
      {oldest && onOlder && (
        <button type="button" className="btn btn-plain mt-4" onClick={() => onOlder(oldest.id)}>
          Show older
        </button>
      )}
    </>
  );
}
