import type { Project } from "@/lib/api/types";
import { relativeDay } from "@/lib/time";
import { useProjects, useToday } from "@/lib/todos/context";
import type { Line } from "@/lib/todos/quick-add";
import type { Part } from "@/lib/todos/quick-add-grammar";
import { ruleInWords } from "@/lib/todos/recurrence";
import { PRIORITY_NAMES } from "@/lib/todos/views";
import { Icon, type IconName } from "../Icon";

const ICONS: Record<Part["kind"], IconName> = {
  tag: "tag",
  project: "folder",
  priority: "flag",
  day: "calendar",
  time: "clock",
  recurrence: "repeat",
  description: "notes",
};

interface QuickAddPartsProps {
  line: Line;
  takeBack: (part: Part) => void;
}

/** What has been read out of the line, each part a button that makes it words of the title again. */
export default function QuickAddParts({ line, takeBack }: QuickAddPartsProps) {
  const today = useToday();
  const projects = useProjects();
  return (
    <ul aria-label="Read from the line" className="flex flex-wrap gap-1.5">
      {line.parts.map((part) => (
        <li key={part.start} className="max-w-full">
          <button
            type="button"
            className="part"
            title={part.text}
            // Words with a quote in them cannot be quoted.
            disabled={part.text.includes('"')}
            onClick={() => takeBack(part)}
          >
            <Icon name={ICONS[part.kind]} className="size-3.5" />
            <span className="sr-only">Take back {part.kind}: </span>
            <span className="min-w-0 truncate">{meaning(part, line, today, projects)}</span>
            {!part.text.includes('"') && <Icon name="close" className="size-3" />}
          </button>
        </li>
      ))}
    </ul>
  );
}

function meaning(
  { kind, text }: Part,
  { fields }: Line,
  today: string,
  projects: ReadonlyMap<string, Project>,
): string {
  const { due_date, due_time, recurrence, priority, project_id } = fields;
  if (kind === "day" && due_date) return relativeDay(due_date, today);
  if (kind === "time" && due_time) return due_time;
  if (kind === "priority") return PRIORITY_NAMES[priority];
  if (kind === "project") return projects.get(project_id ?? "")?.name ?? text;
  if (kind === "recurrence" && recurrence) return ruleInWords(recurrence, due_date ?? today);
  return kind === "tag" ? text.slice(1) : text.replace(/^\/\/\s*/, "");
}
