import { formatInstant } from "@/lib/time";
import { useUser } from "@/lib/todos/context";

interface MomentSliderProps {
  /** The instant that is shown, where it is known. */
  at: number | undefined;
  isNow: boolean;
  place: number;
  last: number;
  onPlace: (place: number) => void;
}

/** Through time: an hour a step in the last day, before that a day. */
export function MomentSlider({ at, isNow, place, last, onPlace }: MomentSliderProps) {
  const { time_zone } = useUser();
  const said = isNow ? "Now" : at ? formatInstant(new Date(at).toISOString(), time_zone) : "…";
  return (
    <>
      <p className="figure text-xl">{said}</p>
      <input
        type="range"
        className="w-full cursor-pointer accent-accent"
        aria-label="Moment"
        aria-valuetext={said}
        min={0}
        max={last}
        value={place}
        onChange={(event) => onPlace(Number(event.target.value))}
      />
    </>
  );
}
