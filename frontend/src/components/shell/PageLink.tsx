import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Icon, type IconName } from "../Icon";

interface PageLinkProps {
  href: string;
  icon: IconName;
  className?: string;
  iconSize?: string;
  children: ReactNode;
}

export function PageLink({ href, icon, className = "nav-link", iconSize, children }: PageLinkProps) {
  const current = usePathname()?.startsWith(href);
  return (
    <Link href={href} className={className} prefetch={false} aria-current={current ? "page" : undefined}>
      <Icon name={icon} className={iconSize} />
      {children}
    </Link>
  );
}
