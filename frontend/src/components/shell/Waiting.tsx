import { usePathname } from "next/navigation";
import { ListSkeleton } from "../todos/ListSkeleton";

const TITLES: Record<string, string> = {
  "/": "Todos",
  "/notifications": "Notifications",
  "/journal": "Journal",
  "/past": "Any day",
  "/stats": "Stats",
  "/settings": "Settings",
};

/** A page while the session is being resumed. */
export function Waiting() {
  const pathname = usePathname();
  return (
    <div className="page">
      <h1>{TITLES[`/${pathname.split("/")[1]}`] ?? "Todobus"}</h1>
      <ListSkeleton />
    </div>
  );
}
