const WIDTHS = ["w-3/5", "w-2/5", "w-4/5", "w-1/2", "w-3/4", "w-2/5"];

export function ListSkeleton() {
  return (
    <div className="late mt-6" aria-hidden="true">
      {WIDTHS.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <div key={index} className="flex h-12 items-center gap-3.5 border-line border-b">
          <span className="skeleton size-5 rounded-full" />
          <span className={`skeleton h-3.5 ${width}`} />
        </div>
      ))}
    </div>
  );
}
