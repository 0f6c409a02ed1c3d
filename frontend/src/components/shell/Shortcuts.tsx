import { usePathname, useRouter } from "next/navigation";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { useTodoActions, useWork } from "@/lib/todos/context";
import { INBOX, viewQuery } from "@/lib/todos/views";
import { useShortcuts } from "@/lib/use-shortcuts";
import { NEW_TODO_ID, SEARCH_ID } from "../todos/ids";
import { useShow } from "./use-show";

const ConfirmDialog = lazy(() => import("../ConfirmDialog"));
const Findings = lazy(() => import("../offline/Findings"));
const WhileAway = lazy(() => import("../journal/WhileAway"));
const ShortcutsDialog = lazy(() => import("./ShortcutsDialog"));

/** The keys that work on every page, the dialog that lists them all, and what comes up on its own. */
export function Shortcuts() {
  const [open, setOpen] = useState(false);
  const { undo, redo } = useTodoActions();
  const found = useStore(useWork().findings).length > 0;
  const question = useStore(useApp().questions, null);
  const router = useRouter();
  const pathname = usePathname();
  const show = useShow();
  const wanted = useRef<string | null>(null);

  useEffect(() => {
    if (pathname === "/" && wanted.current) document.getElementById(wanted.current)?.focus();
    wanted.current = null;
  }, [pathname]);

  function focus(id: string): void {
    const target = document.getElementById(id);
    if (target) return target.focus();
    wanted.current = id;
    show("");
  }

  useShortcuts({
    n: () => focus(NEW_TODO_ID),
    c: () => focus(NEW_TODO_ID),
    "/": () => focus(SEARCH_ID),
    u: () => undo(),
    "mod+z": () => undo(),
    U: redo,
    "mod+shift+z": redo,
    "mod+y": redo,
    "?": () => setOpen(true),
    "g l": () => show(""),
    "g i": () => show(viewQuery({ project: INBOX })),
    "g t": () => show(viewQuery({ name: "today" })),
    "g u": () => show(viewQuery({ name: "upcoming" })),
    "g c": () => show(viewQuery({ name: "completed" })),
    "g n": () => router.push("/notifications"),
    "g j": () => router.push("/journal"),
    "g p": () => router.push("/past"),
    "g s": () => router.push("/stats"),
    "g ,": () => router.push("/settings"),
  });
  return (
    <>
      <Suspense>
        <WhileAway />
        {found && <Findings />}
      </Suspense>
      <Suspense>{open && <ShortcutsDialog onClose={() => setOpen(false)} />}</Suspense>
      <Suspense>{question && <ConfirmDialog question={question} />}</Suspense>
    </>
  );
}
