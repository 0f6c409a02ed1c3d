import { Icon } from "../Icon";

interface FigureProps {
  label: string;
  value: string;
  note: string;
  name: string;
  flame?: boolean;
}

export function Figure({ label, value, note, name, flame }: FigureProps) {
  return (
    <div>
      <dt className="eyebrow">{label}</dt>
      <dd className="mt-0.5 flex flex-wrap items-baseline gap-x-1.5">
        <span className="figure text-xl" data-stat={name}>
          {value}
        </span>
        {flame && <Icon name="flame" className="size-4 self-center text-high" />}
        <span className="text-faint text-xs">{note}</span>
      </dd>
    </div>
  );
}
