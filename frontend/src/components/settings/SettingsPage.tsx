"use client";

import { AccountSection } from "./AccountSection";
import { AppearanceSection } from "./AppearanceSection";
import { DataSection } from "./DataSection";
import { ProfileSection } from "./ProfileSection";

export function SettingsPage() {
  return (
    <>
      <ProfileSection />
      <AppearanceSection />
      <DataSection />
      <AccountSection />
    </>
  );
}
