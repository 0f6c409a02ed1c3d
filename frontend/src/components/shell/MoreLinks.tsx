import { useFiltersPending } from "@/lib/todos/use-filters";
import { FilterLinks } from "../filters/FilterLinks";
import { TagLinks } from "./TagLinks";

/** Saved filters and tags: shown together, so that neither moves the other when it comes in. */
export default function MoreLinks() {
  if (useFiltersPending()) return null;
  return (
    <>
      <FilterLinks />
      <TagLinks />
    </>
  );
}
