import { useState } from "react";
import { Section } from "../settings/Section";
import { ActivityPage } from "./ActivityPage";

export function ActivitySection() {
  const [beginnings, setBeginnings] = useState<(number | undefined)[]>([undefined]);
  return (
    <Section title="Activity" note="What happened to your account in the last year, newest first.">
      {beginnings.map((before, index) => (
        <ActivityPage
          key={before ?? "newest"}
          before={before}
          onOlder={index === beginnings.length - 1 ? (oldest) => setBeginnings([...beginnings, oldest]) : undefined}
        />
      ))}
    </Section>
  );
}
