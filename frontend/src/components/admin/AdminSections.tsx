import { ErrorState } from "../ErrorState";
import { Message } from "../Message";
import { StepUp } from "../security/StepUp";
import { useSecurity } from "../security/use-security";
import { AccountsSection } from "./AccountsSection";
import { InvitationsSection } from "./InvitationsSection";

const REFUSED = "Whoever runs this Todobus can make you one: todobus users promote, with your address.";

/** Accounts and invitations; nothing here shows a todo. */
export default function AdminSections() {
  const { data, error, refetch } = useSecurity();
  if (!data) {
    if (error) return <ErrorState error={error} retry={() => void refetch()} />;
    return <div className="skeleton late h-screen" />;
  }
  if (!data.administrator) return <Message icon="alert" title="For administrators" text={REFUSED} />;
  return (
    <StepUp>
      <AccountsSection />
      <InvitationsSection />
    </StepUp>
  );
}
