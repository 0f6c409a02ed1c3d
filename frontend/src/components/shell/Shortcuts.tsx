"use client";

import { usePathname, useRouter } from "next/navigation";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { asked } from "@/lib/confirm";
import { setSearch } from "@/lib/location";
import { useShortcuts } from "@/lib/shortcuts";
import { useStore } from "@/lib/store";
import { type ViewName, viewQuery } from "@/lib/todos/views";
import { useTodos } from "../todos/context";
import { SEARCH_ID } from "../todos/ListToolbar";
import { NEW_TODO_ID } from "../todos/TodoForm";

const ConfirmDialog = lazy(() => import("../ConfirmDialog"));
const ShortcutsDialog = lazy(() => import("./ShortcutsDialog"));

/** The keys that work on every page, and the dialog that lists them all. */
export function Shortcuts() {
  const [open, setOpen] = useState(false);
  const { undo } = useTodos();
  const question = useStore(asked, null);
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
