import { Suspense } from "react";
import { useSession } from "@/lib/app";
import { optional } from "@/lib/optional";
import { PageLink } from "./PageLink";

const Unread = optional(() => import("../notifications/Unread"));

/** The way to what has fired, with how much of it is new. */
export function Bell(look: { className?: string; iconSize?: string }) {
  const { status } = useSession();
  return (
    <PageLink href="/notifications" icon="bell" {...look}>
      Notifications
      <Suspense>{status === "signed-in" && <Unread />}</Suspense>
    </PageLink>
  );
}
