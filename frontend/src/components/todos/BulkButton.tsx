import { Icon, type IconName } from "../Icon";

export function BulkButton({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <button type="button" className="btn btn-quiet px-2.5" onClick={onClick}>
      <Icon name={icon} className="size-4" />
      {label}
    </button>
  );
}
