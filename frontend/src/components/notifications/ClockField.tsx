export function ClockField({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <input
      type="time"
      name={name}
      aria-label={label}
      defaultValue={value}
      required
      className="field min-h-8 w-auto py-1 text-sm"
    />
  );
}
