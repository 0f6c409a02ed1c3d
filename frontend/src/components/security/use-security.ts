import { useQuery } from "@tanstack/react-query";
import { securityCalls } from "@/lib/api/security";
import { useCalls } from "@/lib/app";

/** The key of everything that the security page reads begins so: what changes one of it is an entry of another. */
export const SECURITY = ["security"];

/** How the account is secured. */
export function useSecurity() {
  const { getSecurity } = useCalls(securityCalls);
  return useQuery({ queryKey: SECURITY, queryFn: async ({ signal }) => (await getSecurity(signal)).data });
}
