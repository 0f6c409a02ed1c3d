import { usePathname, useRouter } from "next/navigation";
import { useCallback } from "react";
import { setSearch } from "@/lib/location";

/** Goes to a view of the list, from whichever page. */
export function useShow(): (query: string) => void {
  const router = useRouter();
  const onList = usePathname() === "/";
  return useCallback(
    (query) => {
      if (onList) setSearch(query);
      else router.push(query ? `/?${query}` : "/");
    },
    [onList, router],
  );
}
