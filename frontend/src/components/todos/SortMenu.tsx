import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { SORTS } from "@/lib/todos/views";
import { Select } from "../Select";

export function SortMenu() {
  const { preferences } = useApp();
  const { sort } = useStore(preferences);
  return (
    <Select
      aria-label="Sort"
      className="chip menu"
      value={sort}
      options={Object.entries(SORTS)}
      onChange={(event) => preferences.change("sort", event.target.value)}
    />
  );
}
