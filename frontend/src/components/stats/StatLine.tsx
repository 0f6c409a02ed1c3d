export function StatLine({ label, value, name }: { label: string; value: number; name: string }) {
  return (
    <>
      <dt className="text-faint">{label}</dt>
      <dd className="figure text-end" data-stat={name}>
        {value}
      </dd>
    </>
  );
}
