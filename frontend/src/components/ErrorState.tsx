import { describe } from "@/lib/api/errors";
import { Message } from "./Message";
import { RequestId } from "./RequestId";

interface ErrorStateProps {
  error: unknown;
  retry: () => void;
  title?: string;
}

export function ErrorState({ error, retry, title = "This did not load" }: ErrorStateProps) {
  return (
    <Message icon="alert" tone="error" title={title} text={describe(error)}>
      <button type="button" className="btn btn-plain mt-5" onClick={retry}>
        Try again
      </button>
      <RequestId error={error} />
    </Message>
  );
}
