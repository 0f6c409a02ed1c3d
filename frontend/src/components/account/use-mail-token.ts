import { useEffect, useState } from "react";

/**
 * The token of a mail's link, which stands behind `#`, so that no server and no Referer gets it; "" without one and null
 * until the page has read it. It is taken out of the address, and with it out of the history.
 */
export function useMailToken(name = "token"): string | null {
  const [token, setToken] = useState<string | null>(null);
  useEffect(() => {
    setToken((known) => known ?? new URLSearchParams(location.hash.slice(1)).get(name) ?? "");
    history.replaceState(history.state, "", location.pathname);
  }, [name]);
  return token;
}
