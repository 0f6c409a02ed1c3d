import { useMemo } from "react";
import { accountCalls } from "@/lib/api/account";
import type { UpdateMeData } from "@/lib/api/generated/types.gen";
import { useApp, useCalls } from "@/lib/app";
import { DAILY, STATS } from "@/lib/stats/queries";
import { useUser } from "@/lib/todos/context";
import { useSubmit } from "@/lib/use-submit";
import { Field } from "../Field";
import { FormError, fieldError } from "../FormError";
import { Labelled } from "../Labelled";
import { Select } from "../Select";
import { Section } from "./Section";

const WEEK_STARTS: [string, string][] = [
  ["monday", "Monday"],
  ["sunday", "Sunday"],
  ["saturday", "Saturday"],
];
const HOURS = Array.from({ length: 24 }, (_, hour): [string, string] => [
  String(hour),
  `${String(hour).padStart(2, "0")}:00`,
]);
const NAMES = ["display_name", "time_zone", "week_start", "day_start_hour", "daily_goal"];

export function ProfileSection() {
  const account = useCalls(accountCalls);
  const { client, session, notices } = useApp();
  const user = useUser();
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    session.setUser((await account.updateUser(profileOf(fields))).data);
    // Days are counted anew when the zone or the start of the day has changed.
    void client.invalidateQueries({ queryKey: STATS });
    void client.invalidateQueries({ queryKey: DAILY });
    notices.notify("Saved");
  });
  return (
    <Section title="Profile" note={user.email}>
      <form onSubmit={onSubmit} className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Name"
          name="display_name"
          defaultValue={user.display_name}
          autoComplete="name"
          required
          maxLength={100}
          error={fieldError(error, "display_name")}
        />
        <Field
          label="Daily goal"
          name="daily_goal"
          type="number"
          min={0}
          max={1000}
          required
          defaultValue={user.daily_goal}
          error={fieldError(error, "daily_goal")}
        />
        <Labelled label="Time zone" className="sm:col-span-2">
          <Select name="time_zone" defaultValue={user.time_zone} options={useZones(user.time_zone)} />
        </Labelled>
        <Labelled label="Week starts on">
          <Select name="week_start" defaultValue={user.week_start} options={WEEK_STARTS} />
        </Labelled>
        <Labelled label="Day starts at">
          <Select name="day_start_hour" defaultValue={String(user.day_start_hour)} options={HOURS} />
        </Labelled>
        <div className="sm:col-span-2">
          <FormError error={error} fields={NAMES} />
          <button type="submit" className="btn btn-primary mt-1" disabled={busy}>
            {busy ? "Saving…" : "Save"}
          </button>
        </div>
      </form>
    </Section>
  );
}

function profileOf(fields: FormData): UpdateMeData["body"] {
  return {
    display_name: String(fields.get("display_name")).trim(),
    time_zone: String(fields.get("time_zone")),
    week_start: fields.get("week_start") as "monday" | "sunday" | "saturday",
    day_start_hour: Number(fields.get("day_start_hour")),
    daily_goal: Number(fields.get("daily_goal")),
  };
}

function useZones(current: string): [string, string][] {
  return useMemo(() => {
    const zones = new Set([...Intl.supportedValuesOf("timeZone"), "UTC", current]);
    return [...zones].sort().map((zone) => [zone, zone.replaceAll("_", " ")]);
  }, [current]);
}
