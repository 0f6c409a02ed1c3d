"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Icon, type IconName } from "../Icon";
import { ViewLink } from "./Sidebar";

const TAB =
  "flex min-h-14 flex-1 flex-col items-center justify-center gap-1 text-faint text-xs aria-[current=page]:font-medium aria-[current=page]:text-accent";

/** The way around on narrow screens. */
export function TabBar() {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-paper/92 pb-[env(safe-area-inset-bottom)] backdrop-blur md:hidden"
    >
      <ViewLink query="" current={pathname === "/"} className={TAB}>
        <Icon name="all" className="size-5" />
        Todos
      </ViewLink>
      <PageTab href="/stats" icon="stats" label="Stats" />
      <PageTab href="/settings" icon="settings" label="Settings" />
    </nav>
  );
}

function PageTab({ href, icon, label }: { href: string; icon: IconName; label: string }) {
  const current = usePathname() === href;
  return (
    <Link href={href} className={TAB} prefetch={false} aria-current={current ? "page" : undefined}>
      <Icon name={icon} className="size-5" />
      {label}
    </Link>
  );
}
