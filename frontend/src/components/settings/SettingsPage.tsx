"use client";

import { PanelBoundary } from "../PanelBoundary";
import { AccountSection } from "./AccountSection";
import { ApiTokensSection } from "./ApiTokensSection";
import { AppearanceSection } from "./AppearanceSection";
import { DataSection } from "./DataSection";
import { PasswordSection } from "./PasswordSection";
import { ProfileSection } from "./ProfileSection";
import { SessionsSection } from "./SessionsSection";

export function SettingsPage() {
  return (
    <>
      <ProfileSection />
      <AppearanceSection />
      <PasswordSection />
      <PanelBoundary title="Your sessions did not load">
        <SessionsSection />
      </PanelBoundary>
      <PanelBoundary title="Your tokens did not load">
        <ApiTokensSection />
      </PanelBoundary>
      <DataSection />
      <AccountSection />
    </>
  );
}
