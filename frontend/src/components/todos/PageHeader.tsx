import { formatDay } from "@/lib/time";
import { useToday } from "@/lib/todos/context";
import type { View } from "@/lib/todos/views";
import { LiveIndicator } from "../shell/LiveIndicator";

export function PageHeader({ title, view }: { title: string; view: View }) {
  const today = useToday();
  return (
    <header className="flex items-baseline gap-x-3">
      <h1 className="min-w-0 truncate">{title}</h1>
      {view.name === "today" && <p className="text-faint">{formatDay(today, "full")}</p>}
      <LiveIndicator className="ms-auto shrink-0 md:hidden" />
    </header>
  );
}
