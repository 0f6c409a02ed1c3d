import { useQuery } from "@tanstack/react-query";
import { adminCalls } from "@/lib/api/admin";
import { useCalls } from "@/lib/app";
import { Rows } from "../security/Rows";
import { AccountRow } from "./AccountRow";
import { ADMIN } from "./keys";

interface AccountsPageProps {
  text: string;
  cursor: string;
  /** Of the last page that is shown. */
  onMore?: (next: string) => void;
}

export function AccountsPage({ text, cursor, onMore }: AccountsPageProps) {
  const { getAccounts } = useCalls(adminCalls);
  const { data, error, refetch } = useQuery({
    queryKey: [...ADMIN, "accounts", text, cursor],
    queryFn: ({ signal }) => getAccounts({ q: text, cursor }, signal),
  });
  const next = data?.headers.get("x-next-cursor");
  return (
    <>
      <Rows query={{ data: data?.data, error, refetch }} failed="The accounts did not load" none="No account has that.">
        {(account) => <AccountRow key={account.id} account={account} />}
      </Rows>
      {next && onMore && (
        <button type="button" className="btn btn-plain mt-4" onClick={() => onMore(next)}>
          Show more
        </button>
      )}
    </>
  );
}
