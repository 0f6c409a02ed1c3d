import { usePathname, useRouter } from "next/navigation";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useApp } from "@/lib/app";
import { setSearch } from "@/lib/location";
import { useStore } from "@/lib/store";
import { useTodoActions } from "@/lib/todos/context";
import { type ViewName, viewQuery } from "@/lib/todos/views";
import { useShortcuts } from "@/lib/use-shortcuts";
import { NEW_TODO_ID, SEARCH_ID } from "../todos/ids";

const ConfirmDialog = lazy(() => import("../ConfirmDialog"));
const ShortcutsDialog = lazy(() => import("./ShortcutsDialog"));

/** The keys that work on every page, and the dialog that lists them all. */
export function Shortcuts() {
  const [open, setOpen] = useState(false);
  const { undo } = useTodoActions();
  const question = useStore(useApp().questions, null);
  const router = useRouter();
  const pathname = usePathname();
  const wanted = useRef<string | null>(null);

  useEffect(() => {
    if (pathname === "/" && wanted.current) document.getElementById(wanted.current)?.focus();
    wanted.current = null;
  }, [pathname]);

  function focus(id: string): void {
    const target = document.getElementById(id);
    if (target) return target.focus();
    wanted.current = id;
    if (pathname === "/") setSearch("");
    else router.push("/");
  }

  function show(name: ViewName): void {
    const query = viewQuery({ name });
    if (pathname === "/") setSearch(query);
    else router.push(query ? `/?${query}` : "/");
  }

  useShortcuts({
    n: () => focus(NEW_TODO_ID),
    c: () => focus(NEW_TODO_ID),
    "/": () => focus(SEARCH_ID),
    u: undo,
    "mod+z": undo,
    "?": () => setOpen(true),
    "g l": () => show("active"),
    "g t": () => show("today"),
    "g u": () => show("upcoming"),
    "g c": () => show("completed"),
    "g s": () => router.push("/stats"),
    "g ,": () => router.push("/settings"),
  });
  return (
    <>
      <Suspense>{open && <ShortcutsDialog onClose={() => setOpen(false)} />}</Suspense>
      <Suspense>{question && <ConfirmDialog question={question} />}</Suspense>
    </>
  );
}
