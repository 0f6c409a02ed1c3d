export function StatsSkeleton() {
  return (
    <div className="late mt-6 grid gap-4 sm:grid-cols-2 lg:grid-cols-3" aria-hidden="true">
      {["completion", "today", "streak"].map((card) => (
        <div key={card} className="skeleton h-56 rounded-2xl" />
      ))}
      <div className="skeleton h-48 rounded-2xl sm:col-span-2 lg:col-span-3" />
    </div>
  );
}
