"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Icon, type IconName } from "../Icon";

const TABS: { href: string; label: string; icon: IconName }[] = [
  { href: "/", label: "Todos", icon: "all" },
  { href: "/stats", label: "Stats", icon: "stats" },
  { href: "/settings", label: "Settings", icon: "settings" },
];

/** The way around on narrow screens. */
export function TabBar() {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-paper/92 pb-[env(safe-area-inset-bottom)] backdrop-blur md:hidden"
    >
      {TABS.map(({ href, label, icon }) => (
        <Link
          key={href}
          href={href}
          aria-current={pathname === href ? "page" : undefined}
          className="flex min-h-14 flex-1 flex-col items-center justify-center gap-1 text-faint text-xs aria-[current=page]:font-medium aria-[current=page]:text-accent"
        >
          <Icon name={icon} className="size-5" />
          {label}
        </Link>
      ))}
    </nav>
  );
}
