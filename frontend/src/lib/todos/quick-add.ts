import type { Project, TodoFields, User } from "../api/types";
import { listed } from "./projects";
import { type Part, parseLine, takeBack } from "./quick-add-grammar";
import { BLANK } from "./writes";

export { takeBack };

/** What a line is read with: the user, their day and projects, and the fields that the line need not name. */
export interface Surroundings {
  user: User;
  today: string;
  projects: ReadonlyMap<string, Project>;
  defaults: Partial<TodoFields>;
}

export interface Line {
  fields: TodoFields;
  parts: Part[];
}

/** One line to the fields of a todo, and the parts of it that say them. */
export function readLine(text: string, { user, today, projects, defaults }: Surroundings): Line {
  const known = listed(projects);
  const names = known.map(({ name }) => name);
  const { project, parts, ...parsed } = parseLine(text, { day: today, time: timeOf(user, today) }, names);
  const said = Object.entries(parsed).filter(([name, value]) => value !== BLANK[name as keyof TodoFields]);
  const found = known.find(({ name }) => name === project);
  const tags = [...new Set([...(defaults.tags ?? []), ...parsed.tags])];
  const fields = { ...BLANK, ...defaults, ...Object.fromEntries(said), tags };
  return { fields: found ? { ...fields, project_id: found.id } : fields, parts };
}

/** After midnight, while the day before goes on, every time of that day has passed. */
function timeOf({ time_zone }: User, today: string): string {
  const [day, time = ""] = new Date().toLocaleString("sv", { timeZone: time_zone }).split(" ");
  return day === today ? time.slice(0, 5) : "24:00";
}
