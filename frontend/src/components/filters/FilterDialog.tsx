import { type FormEvent, useState } from "react";
import type { Filter } from "@/lib/api/generated/types.gen";
import { useTodoActions } from "@/lib/todos/context";
import { queryOf } from "@/lib/todos/filters";
import { moveFilter } from "@/lib/todos/moves";
import { useFilters } from "@/lib/todos/use-filters";
import type { View } from "@/lib/todos/views";
import { uuid7 } from "@/lib/uuid";
import { Field } from "../Field";
import { Modal } from "../Modal";
import { ModalActions } from "../ModalActions";
import { OrderButtons } from "../OrderButtons";

const NAME = { minLength: 1, maxLength: 100, required: true, autoComplete: "off", autoFocus: true };

interface FilterDialogProps {
  view: View;
  /** Left out, the dialog saves the view. */
  filter?: Filter;
  onClose: () => void;
}

export default function FilterDialog({ view, filter, onClose }: FilterDialogProps) {
  const { run } = useTodoActions();
  const filters = useFilters();
  const [name, setName] = useState(filter?.name ?? suggested(view));

  function submit(event: FormEvent): void {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") return;
    onClose();
    if (!filter) void run([{ op: "create-filter", id: uuid7(), fields: { name: wanted, query: queryOf(view) } }]);
    else if (wanted !== filter.name) {
      void run([{ op: "rename-filter", id: filter.id, fields: { name: wanted }, said: `is now “${wanted}”` }]);
    }
  }

  function discard(): void {
    onClose();
    if (filter) void run([{ op: "delete-filter", id: filter.id }]);
  }

  function moveTo(gap: number): void {
    const action = filter && moveFilter(filters, filter.id, gap);
    if (action) void run([action]);
  }

  return (
    <Modal title={filter ? "Edit filter" : "Save as a filter"} onClose={onClose} closable>
      {(close) => (
        <form onSubmit={submit} className="mt-4 flex flex-col gap-4">
          <Field
            label="Name"
            value={name}
            onChange={(event) => setName(event.target.value)}
            hint={filter ? undefined : "It keeps the search, the tags and the priority that are chosen now."}
            {...NAME}
          />
          {filter && (
            <div className="flex flex-wrap gap-2">
              <OrderButtons
                index={filters.findIndex(({ id }) => id === filter.id)}
                count={filters.length}
                onMove={moveTo}
              />
              <button type="button" className="btn btn-danger" onClick={discard}>
                Delete the filter
              </button>
            </div>
          )}
          <ModalActions onCancel={close}>
            <button type="submit" className="btn btn-primary" disabled={name.trim() === ""}>
              Save
            </button>
          </ModalActions>
        </form>
      )}
    </Modal>
  );
}

function suggested({ q, tags, priority }: View): string {
  return [q, ...tags.map((tag) => `#${tag}`), priority ? `!${priority}` : ""].filter(Boolean).join(" ");
}
