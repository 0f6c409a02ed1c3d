import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { Select } from "../Select";

interface PreferenceMenuProps {
  name: "sort" | "layout";
  label: string;
  options: Record<string, string>;
}

/** How lists are shown in this browser. */
export function PreferenceMenu({ name, label, options }: PreferenceMenuProps) {
  const { preferences } = useApp();
  return (
    <Select
      aria-label={label}
      className="chip menu"
      value={useStore(preferences)[name]}
      options={Object.entries(options)}
      onChange={(event) => preferences.change(name, event.target.value as never)}
    />
  );
}
