import { useState } from "react";
import type { Settings, SettingsChange } from "@/lib/api/generated/types.gen";
import { notificationCalls } from "@/lib/api/notifications";
import { useApp, useCalls } from "@/lib/app";
import { NOTIFICATION_SETTINGS } from "@/lib/notifications/use-settings";
import { useUser } from "@/lib/todos/context";
import { beforeTime } from "@/lib/todos/reminders";
import { useSubmit } from "@/lib/use-submit";
import { FormError } from "../FormError";
import { Labelled } from "../Labelled";
import { Select } from "../Select";
import { Tick } from "../Tick";
import { ClockField } from "./ClockField";

const MINUTES = [0, 5, 10, 15, 30, 60, 120, 1440];
const HOURS = Array.from({ length: 24 }, (_, hour): [string, string] => [
  String(hour),
  `At ${String(hour).padStart(2, "0")}:00`,
]);
const NIGHT = { start: "22:00", end: "07:00" };

export function ReminderSettingsForm({ settings }: { settings: Settings }) {
  const { client, notices } = useApp();
  const { changeSettings } = useCalls(notificationCalls);
  const { email, time_zone } = useUser();
  const { default_minutes_before: minutes, quiet_hours, digest_hour, channels } = settings;
  const [quiet, setQuiet] = useState(quiet_hours !== null);
  const { busy, error, onSubmit } = useSubmit(async (fields) => {
    client.setQueryData(NOTIFICATION_SETTINGS, (await changeSettings(changeOf(fields))).data);
    notices.notify("Saved");
  });
  const offered = minutes === null || MINUTES.includes(minutes) ? MINUTES : [...MINUTES, minutes];
  return (
    <form onSubmit={onSubmit} className="grid gap-4 sm:grid-cols-2">
      <Labelled label="Remind me of todos with a time">
        <Select
          name="minutes"
          defaultValue={String(minutes ?? "")}
          options={[
            ...offered.map((each): [string, string] => [String(each), beforeTime(each)]),
            ["", "Do not remind me"],
          ]}
        />
      </Labelled>
      <Labelled label="Daily digest of what is due">
        <Select name="digest" defaultValue={String(digest_hour ?? "")} options={[["", "None"], ...HOURS]} />
      </Labelled>
      <fieldset className="min-w-0 sm:col-span-2">
        <legend className="label">Reach me also</legend>
        <div className="grid gap-2.5">
          <Tick name="email" defaultChecked={channels.email} note="Once the address is verified.">
            By e-mail to {email}
          </Tick>
          <Tick name="push" defaultChecked={channels.push} note="Those in which it is turned on.">
            In my browsers, also while Todobus is closed
          </Tick>
        </div>
      </fieldset>
      <fieldset className="min-w-0 sm:col-span-2">
        <legend className="label">Quiet hours</legend>
        <Tick
          checked={quiet}
          onChange={(event) => setQuiet(event.target.checked)}
          note="Meanwhile nothing is mailed or pushed; when they end, one message says what is still open."
        >
          Do not disturb me at certain hours
        </Tick>
        {quiet && (
          <div className="mt-3 flex flex-wrap items-center gap-2 ps-8 text-soft text-sm">
            from
            <ClockField name="start" label="Quiet from" value={quiet_hours?.start ?? NIGHT.start} />
            to
            <ClockField name="end" label="Quiet until" value={quiet_hours?.end ?? NIGHT.end} />
            <span className="text-faint">in {time_zone.replaceAll("_", " ")}</span>
          </div>
        )}
      </fieldset>
      <div className="sm:col-span-2">
        <FormError error={error} />
        <button type="submit" className="btn btn-primary mt-1" disabled={busy}>
          {busy ? "Saving…" : "Save"}
        </button>
      </div>
    </form>
  );
}

function changeOf(fields: FormData): SettingsChange {
  const number = (name: string) => (fields.get(name) === "" ? null : Number(fields.get(name)));
  const start = fields.get("start");
  return {
    default_minutes_before: number("minutes"),
    digest_hour: number("digest"),
    channels: { email: fields.has("email"), push: fields.has("push") },
    quiet_hours: start ? { start: String(start), end: String(fields.get("end")) } : null,
  };
}
