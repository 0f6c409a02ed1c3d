"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useSecurity } from "../security/use-security";

const TABS = [
  ["/settings", "General"],
  ["/settings/security", "Security"],
  ["/settings/notifications", "Notifications"],
  ["/settings/webhooks", "Webhooks"],
] as const;

export function SettingsTabs() {
  const current = usePathname();
  const { data: security } = useSecurity();
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
        {security?.administrator && (
          <li className="shrink-0">
            <Link href="/admin" prefetch={false} className="chip">
              Administration
            </Link>
          </li>
        )}
      </ul>
    </nav>
  );
}
