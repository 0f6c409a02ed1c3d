import { useState } from "react";
import { useSearch } from "@/lib/location";
import { momentsSince } from "@/lib/past/moments";
import { usePast } from "@/lib/past/use-past";
import { useUser } from "@/lib/todos/context";
import { ErrorState } from "../ErrorState";
import { ListSkeleton } from "../todos/ListSkeleton";
import { BringBack } from "./BringBack";
import { MomentSlider } from "./MomentSlider";
import { PastFigures } from "./PastFigures";
import { PastList } from "./PastList";

/** At the moment of the slider, or first at the number of the sequence that the address names. */
export function PastContent() {
  const { created_at } = useUser();
  const [moments] = useState(() => momentsSince(Date.parse(created_at), Date.now()));
  const last = moments.length - 1;
  const [place, setPlace] = useState<number | null>(null);
  const number = new URLSearchParams(useSearch()).get("as_of");
  const isGiven = number !== null && place === null;
  const moment = moments[place ?? last] ?? 0;
  const as_of = isGiven ? Number(number) : new Date(moment).toISOString();
  const { data, error, refetch, waiting } = usePast(as_of);
  const isNow = !isGiven && (place ?? last) === last;
  return (
    <>
      <div className="card sticky top-2 z-20 mt-5 flex flex-col gap-3 p-4 shadow-float sm:p-5">
        <MomentSlider
          at={isGiven ? data?.at : moment}
          isNow={isNow}
          place={place ?? last}
          last={last}
          onPlace={setPlace}
        />
        <BringBack as_of={as_of} at={data?.at ?? moment} disabled={waiting || isNow || !data} />
      </div>
      {data && (
        <div className={`transition-opacity duration-150 ${waiting ? "opacity-60" : ""}`} aria-busy={waiting}>
          <PastFigures stats={data.stats} />
          <PastList past={data} />
        </div>
      )}
      {!data && error && <ErrorState error={error} retry={() => void refetch()} title="That day did not load" />}
      {!data && !error && <ListSkeleton />}
    </>
  );
}
