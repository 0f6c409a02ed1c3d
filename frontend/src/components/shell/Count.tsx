export function Count({ value = 0, overdue = 0 }: { value?: number; overdue?: number }) {
  if (value === 0) return null;
  return (
    <span className="flex gap-1.5 text-faint text-xs tabular-nums">
      {overdue > 0 && <bdi className="font-medium text-danger">{overdue} late</bdi>}
      <bdi>{value}</bdi>
    </span>
  );
}
