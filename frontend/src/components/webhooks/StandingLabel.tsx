import type { Standing } from "@/lib/webhooks/standing";

const TONES = {
  good: "bg-good-fill",
  warn: "bg-high",
  danger: "bg-urgent",
  plain: "bg-line-strong",
};

export function StandingLabel({ text, tone }: Standing) {
  return (
    <span className="inline-flex items-center gap-2 text-sm tabular-nums">
      <span className={`size-2 shrink-0 rounded-full ${TONES[tone]}`} />
      {text}
    </span>
  );
}
