import type { ReactNode } from "react";
import { SettingsTabs } from "@/components/settings/SettingsTabs";

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="page max-w-2xl">
      <h1>Settings</h1>
      <SettingsTabs />
      <div className="mt-5 flex flex-col gap-4">{children}</div>
    </div>
  );
}
