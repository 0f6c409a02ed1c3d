import { useEffect, useState } from "react";

/**
 * What a log-in at a provider brought back behind `#`: an error's code, or the token of a second step, which `onToken`
 * gets; null until the page has read it. It is taken out of the address, and with it out of the history.
 */
export function useArrival(onToken: (token: string) => void): URLSearchParams | null {
  const [arrival, setArrival] = useState<URLSearchParams | null>(null);
  useEffect(() => {
    const given = new URLSearchParams(location.hash.slice(1));
    setArrival((known) => known ?? given);
    const token = given.get("mfa_token");
    if (token) onToken(token);
    if (location.hash) history.replaceState(history.state, "", location.pathname);
  }, [onToken]);
  return arrival;
}
