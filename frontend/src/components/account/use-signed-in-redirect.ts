import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useApp, useSession } from "@/lib/app";
import type { SessionState } from "@/lib/session";

/** Signing in, here or in another tab, leads to the todos, or to where it was asked for. */
export function useSignedInRedirect(next = "/"): SessionState {
  const { session } = useApp();
  const state = useSession();
  const router = useRouter();
  useEffect(() => session.followOtherTabs(), [session]);
  useEffect(() => {
    if (state.status === "signed-in") router.replace(next);
  }, [state.status, router, next]);
  return state;
}
