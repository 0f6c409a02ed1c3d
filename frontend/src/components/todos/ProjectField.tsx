import { useProjects } from "@/lib/todos/context";
import { inOrder } from "@/lib/todos/projects";
import { INBOX } from "@/lib/todos/views";
import { Labelled } from "../Labelled";
import { Select } from "../Select";

export function ProjectField({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const projects = inOrder(useProjects()).filter(({ id, archived }) => !archived || id === value);
  return (
    <Labelled label="Project">
      <Select
        value={value ?? INBOX}
        options={[[INBOX, "Inbox"], ...projects.map(({ id, name }): [string, string] => [id, name])]}
        onChange={(event) => onChange(event.target.value === INBOX ? null : event.target.value)}
      />
    </Labelled>
  );
}
