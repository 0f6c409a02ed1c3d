import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useShow } from "../shell/use-show";

/** Goes where the service worker says, when a notification is clicked while this page is open. */
export function useWorkerMessages(): void {
  const router = useRouter();
  const show = useShow();
  useEffect(() => {
    function onMessage({ data }: MessageEvent<{ open?: string }>): void {
      if (!data.open) return;
      const { pathname, search } = new URL(data.open, location.origin);
      if (pathname === "/") show(search.slice(1));
      else router.push(data.open);
    }
    const worker = navigator.serviceWorker;
    worker?.addEventListener("message", onMessage);
    return () => worker?.removeEventListener("message", onMessage);
  }, [router, show]);
}
