import { ApiError, describe } from "@/lib/api/errors";

/** What went wrong, unless a field of the form says it already. */
export function FormError({ error, fields = [] }: { error: unknown; fields?: string[] }) {
  const shown = error !== null && !(error instanceof ApiError && fields.some((name) => error.field(name)));
  return (
    <div role="alert">
      {shown && <p className="appear rounded-lg bg-danger-soft px-3 py-2.5 text-danger text-sm">{describe(error)}</p>}
    </div>
  );
}

export function fieldError(error: unknown, name: string): string | undefined {
  return error instanceof ApiError ? error.field(name) : undefined;
}
