import type { Project } from "../api/types";

/** The colours that the app offers, by the names under which they are kept; they are readable on both themes. */
export const COLORS: Record<string, string> = {
  red: "#d9534f",
  orange: "#d9730d",
  yellow: "#b98a00",
  green: "#2f9e68",
  teal: "#1f9c9c",
  blue: "#4c84c4",
  purple: "#8a63d2",
  pink: "#cf5c96",
};

/** The projects to choose from, in their order: what is archived or in the trash is none. */
export function listed(projects: ReadonlyMap<string, Project>): Project[] {
  return inOrder(projects).filter(({ archived }) => !archived);
}

/** All but those in the trash, in their order. */
export function inOrder(projects: ReadonlyMap<string, Project>): Project[] {
  return [...projects.values()]
    .filter(({ deleted_at }) => deleted_at === null)
    .sort((one, other) => (one.position < other.position ? -1 : Number(one.position > other.position)));
}
