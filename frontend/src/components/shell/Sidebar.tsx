"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { MouseEvent, ReactNode } from "react";
import { setSearch, useSearch } from "@/lib/location";
import { parseView, VIEWS, type ViewName, viewQuery } from "@/lib/todos/views";
import { Icon, type IconName, Mark } from "../Icon";
import { useTagCounts, useViewCounts } from "../todos/counts";
import { LiveIndicator } from "./LiveIndicator";

export const VIEW_ICONS: Record<ViewName, IconName> = {
  active: "all",
  today: "today",
  upcoming: "calendar",
  completed: "done",
  trash: "trash",
};

const SHOWN_TAGS = 12;

export function Sidebar() {
  return (
    <aside className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col border-line border-e px-3 py-5 md:flex">
      <ViewLink
        query=""
        current={false}
        className="mb-6 flex items-center gap-2.5 rounded-lg px-2"
        label="Todobus, home"
      >
        <Mark className="size-7" />
        <span className="font-semibold text-base tracking-tight">Todobus</span>
      </ViewLink>
      <nav aria-label="Main" className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1">
        <ViewLinks />
        <TagLinks />
      </nav>
      <nav aria-label="More" className="mt-4 border-line border-t pt-3">
        <PageLink href="/stats" icon="stats">
          Stats
        </PageLink>
        <PageLink href="/settings" icon="settings">
          Settings
        </PageLink>
      </nav>
      <LiveIndicator className="mt-3 px-2.5" />
    </aside>
  );
}

function ViewLinks() {
  const counts = useViewCounts();
  const view = useCurrentView();
  return (
    <ul className="flex flex-col gap-0.5">
      {(Object.keys(VIEWS) as ViewName[]).map((name) => (
        <li key={name}>
          <ViewLink query={viewQuery({ name })} current={view?.name === name && view.tags.length === 0}>
            <Icon name={VIEW_ICONS[name]} />
            <span className="flex-1">{VIEWS[name]}</span>
            <Count value={counts[name]} overdue={name === "today" ? (counts.overdue ?? 0) : 0} />
          </ViewLink>
        </li>
      ))}
    </ul>
  );
}

function Count({ value = 0, overdue }: { value?: number; overdue: number }) {
  if (value === 0) return null;
  return (
    <span className="flex gap-1.5 text-faint text-xs tabular-nums">
      {overdue > 0 && <bdi className="font-medium text-danger">{overdue} late</bdi>}
      <bdi>{value}</bdi>
    </span>
  );
}

function TagLinks() {
  const tags = useTagCounts();
  const view = useCurrentView();
  if (tags.length === 0) return null;
  return (
    <section className="mt-6" aria-labelledby="sidebar-tags">
      <h2 id="sidebar-tags" className="eyebrow mb-1.5 px-2.5">
        Tags
      </h2>
      <ul className="flex flex-col gap-0.5">
        {tags.slice(0, SHOWN_TAGS).map(({ tag, count }) => (
          <li key={tag}>
            <ViewLink query={viewQuery({ tags: [tag] })} current={view?.tags.includes(tag) ?? false}>
              <Icon name="tag" />
              <span className="min-w-0 flex-1 truncate">{tag}</span>
              <Count value={count} overdue={0} />
            </ViewLink>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useCurrentView() {
  const search = useSearch();
  return usePathname() === "/" ? parseView(search) : null;
}

const LINK =
  "flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm text-soft transition-colors duration-150 hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink";

/** Another view of the list is no other page: only the query changes, nothing is fetched. */
export function ViewLink({
  query,
  current,
  children,
  className = LINK,
  label,
}: {
  query: string;
  current: boolean;
  children: ReactNode;
  className?: string;
  label?: string;
}) {
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

function PageLink({ href, icon, children }: { href: string; icon: IconName; children: ReactNode }) {
  const current = usePathname() === href;
  return (
    <Link href={href} className={LINK} prefetch={false} aria-current={current ? "page" : undefined}>
      <Icon name={icon} />
      {children}
    </Link>
  );
}
