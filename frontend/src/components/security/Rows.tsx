import type { ReactNode } from "react";
import { ErrorState } from "../ErrorState";

interface RowsProps<Item> {
  query: { data: Item[] | undefined; error: unknown; refetch: () => unknown };
  failed: string;
  /** What is said where there are none. */
  none?: string;
  children: (item: Item) => ReactNode;
}

/** The rows of a list, or why there are none. */
export function Rows<Item>({ query: { data, error, refetch }, failed, none, children }: RowsProps<Item>) {
  if (!data) {
    if (error) return <ErrorState error={error} retry={() => void refetch()} title={failed} />;
    return <div className="skeleton late h-16" />;
  }
  if (data.length === 0) return none ? <p className="text-faint text-sm">{none}</p> : null;
  return <ul className="flex flex-col">{data.map(children)}</ul>;
}
