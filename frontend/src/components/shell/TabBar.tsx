import { usePathname } from "next/navigation";
import { Icon } from "../Icon";
import { Bell } from "./Bell";
import { PageLink } from "./PageLink";
import { ViewLink } from "./ViewLink";

/** The navigation on narrow screens. */
export function TabBar() {
  const pathname = usePathname();
  return (
    <nav aria-label="Pages" className="tab-bar">
      <ViewLink query="" current={pathname === "/"} className="tab-link">
        <Icon name="all" className="size-5" />
        Todos
      </ViewLink>
      <Bell className="tab-link" iconSize="size-5" />
      <PageLink href="/journal" icon="clock" className="tab-link" iconSize="size-5">
        Journal
      </PageLink>
      <PageLink href="/stats" icon="stats" className="tab-link" iconSize="size-5">
        Stats
      </PageLink>
      <PageLink href="/settings" icon="settings" className="tab-link" iconSize="size-5">
        Settings
      </PageLink>
    </nav>
  );
}
