"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const TABS = [
  ["/settings", "General"],
  ["/settings/notifications", "Notifications"],
  ["/settings/webhooks", "Webhooks"],
] as const;

export function SettingsTabs() {
  const current = usePathname();
  return (
    <nav aria-label="Settings" className="-mx-4 mt-4 overflow-x-auto px-4 py-1 [scrollbar-width:none]">
      <ul className="flex gap-1.5">
        {TABS.map(([href, name]) => (
          <li key={href} className="shrink-0">
            <Link href={href} prefetch={false} className="chip" aria-current={href === current ? "page" : undefined}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
