import { lazy, Suspense, useContext } from "react";
import { UserContext } from "@/lib/todos/context";
import { Mark } from "../Mark";
import { ProjectLinks } from "../projects/ProjectLinks";
import { Bell } from "./Bell";
import { LiveIndicator } from "./LiveIndicator";
import { PageLink } from "./PageLink";
import { ViewLink } from "./ViewLink";
import { ViewLinks } from "./ViewLinks";

const MoreLinks = lazy(() => import("./MoreLinks"));

export function Sidebar() {
  const signedIn = useContext(UserContext) !== null;
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
      <nav aria-label="Main" className="faded-below -mx-1 min-h-0 flex-1 overflow-y-auto px-1 pb-6">
        <ViewLinks />
        <ProjectLinks />
        <Suspense>{signedIn && <MoreLinks />}</Suspense>
      </nav>
      <nav aria-label="More" className="border-line border-t pt-3">
        <Bell />
        <PageLink href="/journal" icon="clock">
          Journal
        </PageLink>
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
