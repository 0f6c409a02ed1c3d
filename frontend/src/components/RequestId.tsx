import { requestId } from "@/lib/api/errors";

/** The id by which the server's logs know the call that failed. */
export function RequestId({ error }: { error: unknown }) {
  const id = requestId(error);
  return id ? <p className="mt-4 text-faint text-xs [overflow-wrap:anywhere]">Request {id}</p> : null;
}
