import { usePathname } from "next/navigation";
import { useSearch } from "@/lib/location";
import { parseView, type View } from "@/lib/todos/views";

/** The view of the list, or null on another page. */
export function useCurrentView(): View | null {
  const search = useSearch();
  return usePathname() === "/" ? parseView(search) : null;
}
