import { describe, requestId } from "@/lib/api/errors";
import { Icon } from "./Icon";

export function ErrorState({
  error,
  retry,
  title = "This did not load",
}: {
  error: unknown;
  retry: () => void;
  title?: string;
}) {
  const id = requestId(error);
  return (
    <div role="alert" className="appear flex flex-col items-center px-6 py-14 text-center">
      <span className="mb-4 grid size-11 place-items-center rounded-full bg-danger-soft text-danger">
        <Icon name="alert" className="size-5" />
      </span>
      <p className="font-medium">{title}</p>
      <p className="mt-1 max-w-xs text-balance text-faint text-sm">{describe(error)}</p>
      <button type="button" className="btn btn-plain mt-5" onClick={retry}>
        Try again
      </button>
      {id && <p className="mt-4 text-faint text-xs [overflow-wrap:anywhere]">Request {id}</p>}
    </div>
  );
}
