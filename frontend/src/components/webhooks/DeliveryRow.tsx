import type { Attempt } from "@/lib/api/generated/types.gen";
import { formatInstant, timeAgo } from "@/lib/time";
import { useUser } from "@/lib/todos/context";
import { outcomeOf } from "@/lib/webhooks/standing";
import { nameOf } from "@/lib/webhooks/types";
import { StandingLabel } from "./StandingLabel";

interface DeliveryRowProps {
  attempt: Attempt;
  onReplay: (from: number) => void;
}

export function DeliveryRow({ attempt, onReplay }: DeliveryRowProps) {
  const { time_zone } = useUser();
  const { type, sequence, attempted_at, duration_ms, error, response } = attempt;
  const answer = error || response;
  return (
    <li className="flex items-start gap-3 border-line border-b py-2.5 text-sm last:border-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-3">
          <StandingLabel {...outcomeOf(attempt)} />
          <span>
            {nameOf(type)}
            {sequence !== null && <span className="text-faint"> · change {sequence}</span>}
          </span>
        </p>
        <p className="text-faint" title={formatInstant(attempted_at, time_zone)}>
          {timeAgo(attempted_at)} · {duration_ms} ms
        </p>
        {answer && <p className="mt-1 font-mono text-soft text-xs [overflow-wrap:anywhere]">{answer}</p>}
      </div>
      {sequence !== null && (
        <button
          type="button"
          className="btn btn-quiet -me-2 min-h-8 px-2"
          aria-label={`Replay from change ${sequence}`}
          onClick={() => onReplay(sequence)}
        >
          Replay
        </button>
      )}
    </li>
  );
}
