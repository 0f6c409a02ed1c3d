import { type FormEvent, useMemo, useState } from "react";
import { useTodoActions, useTodos } from "@/lib/todos/context";
import { childrenOf, FIRST, LAST, type Placing, parentsFor, toPlacing } from "@/lib/todos/placing";
import { Labelled } from "../Labelled";
import { Modal } from "../Modal";
import { ModalActions } from "../ModalActions";
import { Select } from "../Select";
import { ProjectField } from "./ProjectField";

const TOP = "";
/** A native menu of more than this many entries is no help any more. */
const MOST = 500;

/** Moves a todo to a chosen place: what dragging does, without it. */
export default function MoveDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { todos } = useTodos();
  const { run } = useTodoActions();
  const todo = todos.get(id);
  const [placing, setPlacing] = useState<Placing>({
    project_id: todo?.project_id ?? null,
    parent_id: todo?.parent_id ?? null,
    after: LAST,
  });
  const { project_id, parent_id, after } = placing;
  const parents = useMemo(() => (todo ? parentsFor(todos, todo, project_id) : []), [todos, todo, project_id]);
  const siblings = useMemo(
    () => childrenOf(todos, project_id, parent_id).filter((each) => each.id !== id),
    [todos, project_id, parent_id, id],
  );
  if (!todo) return null;

  function save(event: FormEvent): void {
    event.preventDefault();
    onClose();
    const action = todo && toPlacing(todos, todo, placing);
    if (action) void run([action]);
  }

  return (
    <Modal title={`Move “${todo.title}”`} onClose={onClose} closable>
      {(close) => (
        <form onSubmit={save} className="mt-4 flex flex-col gap-4">
          <ProjectField
            value={project_id}
            onChange={(chosen) => setPlacing({ project_id: chosen, parent_id: null, after: LAST })}
          />
          <Labelled label="Subtask of">
            <Select
              value={parent_id ?? TOP}
              options={[
                [TOP, "None"],
                ...parents
                  .filter((each, index) => index < MOST || each.todo.id === parent_id)
                  .map(({ todo: { id, title }, depth }): [string, string] => [id, `${"– ".repeat(depth)}${title}`]),
              ]}
              onChange={(event) => setPlacing({ project_id, parent_id: event.target.value || null, after: LAST })}
            />
          </Labelled>
          <Labelled label="Place in your order">
            <Select
              value={after}
              options={[
                [LAST, "Last"],
                [FIRST, "First"],
                ...siblings.slice(0, MOST).map(({ id, title }): [string, string] => [id, `After “${title}”`]),
              ]}
              onChange={(event) => setPlacing({ ...placing, after: event.target.value })}
            />
          </Labelled>
          <ModalActions onCancel={close}>
            <button type="submit" className="btn btn-primary">
              Move
            </button>
          </ModalActions>
        </form>
      )}
    </Modal>
  );
}
