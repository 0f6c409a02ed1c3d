import { lazy, Suspense } from "react";
import { useMedia } from "@/lib/use-media";
import { PanelBoundary } from "../PanelBoundary";

const TodoStats = lazy(() => import("./TodoStats"));

/** Where there is room beside the list. */
export function StatsRail() {
  const wide = useMedia("(min-width: 80rem)");
  return (
    <aside aria-label="Statistics" className="hidden w-72 shrink-0 pe-8 pt-10 xl:block">
      <div className="sticky top-10">
        {wide && (
          <PanelBoundary title="Statistics did not load">
            <Suspense>
              <TodoStats />
            </Suspense>
          </PanelBoundary>
        )}
      </div>
    </aside>
  );
}
