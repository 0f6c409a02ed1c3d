import { type FormEvent, useState } from "react";
import type { Project, ProjectFields } from "@/lib/api/types";
import { useProjects, useTodoActions } from "@/lib/todos/context";
import { moveProject } from "@/lib/todos/moves";
import { listed } from "@/lib/todos/projects";
import { viewQuery } from "@/lib/todos/views";
import { uuid7 } from "@/lib/uuid";
import { Field } from "../Field";
import { Modal } from "../Modal";
import { ModalActions } from "../ModalActions";
import { OrderButtons } from "../OrderButtons";
import { useShow } from "../shell/use-show";
import { ColorField } from "./ColorField";

const NAME = { minLength: 1, maxLength: 100, required: true, autoComplete: "off", autoFocus: true };

interface ProjectDialogProps {
  /** Left out, the dialog makes a new one and goes to it. */
  project?: Project;
  onClose: () => void;
}

export default function ProjectDialog({ project, onClose }: ProjectDialogProps) {
  const { run } = useTodoActions();
  const show = useShow();
  const shown = listed(useProjects());
  const index = shown.findIndex(({ id }) => id === project?.id);
  const [name, setName] = useState(project?.name ?? "");
  const [color, setColor] = useState(project?.color ?? null);

  function save(event: FormEvent): void {
    event.preventDefault();
    const fields = { name: name.trim(), color };
    if (fields.name === "") return;
    onClose();
    if (project) return change(project, fields);
    const id = uuid7();
    void run([{ op: "create-project", id, fields: { ...fields, archived: false } }]);
    show(viewQuery({ project: id }));
  }

  function change({ id, name, color, archived }: Project, fields: Partial<ProjectFields>): void {
    void run([{ op: "update-project", id, fields, base: { name, color, archived } }]);
  }

  function move(gap: number): void {
    const action = project && moveProject(shown, project.id, gap);
    if (action) void run([action]);
  }

  function archive(archived: boolean): void {
    onClose();
    if (project) change(project, { archived });
  }

  function remove(): void {
    onClose();
    if (project) void run([{ op: "delete-project", id: project.id }]);
    show("");
  }

  return (
    <Modal title={project ? "Edit project" : "New project"} onClose={onClose} closable>
      {(close) => (
        <form onSubmit={save} className="mt-4 flex flex-col gap-4">
          <Field label="Name" value={name} onChange={(event) => setName(event.target.value)} {...NAME} />
          <ColorField value={color} onChange={setColor} />
          {project && (
            <div className="flex flex-wrap gap-2">
              <OrderButtons index={index} count={shown.length} onMove={move} />
              <button type="button" className="btn btn-plain" onClick={() => archive(!project.archived)}>
                {project.archived ? "Take out of the archive" : "Archive"}
              </button>
              <button type="button" className="btn btn-danger" onClick={remove}>
                Delete with its todos
              </button>
            </div>
          )}
          <ModalActions onCancel={close}>
            <button type="submit" className="btn btn-primary" disabled={name.trim() === ""}>
              {project ? "Save" : "Create"}
            </button>
          </ModalActions>
        </form>
      )}
    </Modal>
  );
}
