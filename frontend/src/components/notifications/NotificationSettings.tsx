"use client";

import { useNotificationSettings } from "@/lib/notifications/use-settings";
import { ErrorState } from "../ErrorState";
import { PanelBoundary } from "../PanelBoundary";
import { Section } from "../settings/Section";
import { PushSection } from "./PushSection";
import { ReminderSettingsForm } from "./ReminderSettingsForm";
import { TestSection } from "./TestSection";

export function NotificationSettings() {
  const { data, error, refetch } = useNotificationSettings();
  return (
    <>
      <Section title="Reminders" note="They always appear in Todobus itself, wherever it is open.">
        {data && <ReminderSettingsForm settings={data} />}
        {!data && error && <ErrorState error={error} retry={() => void refetch()} title="Your settings did not load" />}
        {!data && !error && <div className="skeleton late h-96" />}
      </Section>
      <PanelBoundary title="Push did not load">
        <PushSection />
      </PanelBoundary>
      <TestSection />
    </>
  );
}
