import { ErrorState } from "../ErrorState";
import { ActivitySection } from "./ActivitySection";
import { ApiTokensSection } from "./ApiTokensSection";
import { AuthenticatorSection } from "./AuthenticatorSection";
import { EmailSection } from "./EmailSection";
import { IdentitiesSection } from "./IdentitiesSection";
import { PasskeysSection } from "./PasskeysSection";
import { PasswordSection } from "./PasswordSection";
import { SessionsSection } from "./SessionsSection";
import { StepUp } from "./StepUp";
import { useSecurity } from "./use-security";

/** What lets somebody into the account, who is in, and what has happened to it. */
export default function SecuritySections() {
  const { data: security, error, refetch } = useSecurity();
  if (!security) {
    if (error) return <ErrorState error={error} retry={() => void refetch()} />;
    return <div className="skeleton late h-screen" />;
  }
  return (
    <StepUp>
      <EmailSection security={security} />
      <PasswordSection isSet={security.password} />
      <PasskeysSection />
      <AuthenticatorSection security={security} />
      <IdentitiesSection />
      <SessionsSection />
      <ApiTokensSection />
      <ActivitySection />
    </StepUp>
  );
}
