import type { Attempt, TestResult, Webhook } from "../api/generated/types.gen";
import { timeAgo } from "../time";

export interface Standing {
  text: string;
  tone: "good" | "warn" | "danger" | "plain";
}

/** How a webhook stands, and what comes next. */
export function standingOf({ enabled, disabled_reason, failures, next_attempt_at }: Webhook): Standing {
  if (disabled_reason === "gone") return { text: "Disabled: the address is gone for good (410)", tone: "danger" };
  if (disabled_reason === "failing") return { text: "Disabled after three days of failures", tone: "danger" };
  if (!enabled) return { text: "Off", tone: "plain" };
  if (failures === 0) return { text: "On", tone: "good" };
  const times = failures === 1 ? "once" : `${failures} times`;
  return { text: `Failed ${times}, next try ${next(next_attempt_at)}`, tone: "warn" };
}

function next(instant: string | null): string {
  const left = Date.parse(instant ?? "") - Date.now();
  return left >= 60_000 ? timeAgo(instant ?? "") : "within a minute";
}

/** What came of an attempt: "204", "503", or that there was no answer. */
export function outcomeOf({ status }: Pick<Attempt | TestResult, "status">): Standing {
  if (status === null) return { text: "No answer", tone: "danger" };
  return { text: String(status), tone: status >= 200 && status < 300 ? "good" : "danger" };
}
