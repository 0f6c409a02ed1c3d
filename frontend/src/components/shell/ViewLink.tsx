import Link from "next/link";
import { usePathname } from "next/navigation";
import type { MouseEvent, ReactNode } from "react";
import { setSearch } from "@/lib/location";

interface ViewLinkProps {
  query: string;
  current: boolean;
  children: ReactNode;
  className?: string;
  label?: string;
}

/** Another view of the list is no other page: only the query changes, nothing is fetched. */
export function ViewLink({ query, current, children, className = "nav-link", label }: ViewLinkProps) {
  const onList = usePathname() === "/";
  function go(event: MouseEvent): void {
    if (!onList || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    setSearch(query);
    window.scrollTo(0, 0);
  }
  return (
    <Link
      href={query ? `/?${query}` : "/"}
      className={className}
      prefetch={false}
      aria-current={current ? "page" : undefined}
      aria-label={label}
      onClick={go}
    >
      {children}
    </Link>
  );
}
