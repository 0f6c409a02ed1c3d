import { type FormEvent, useState } from "react";
import type { Filter } from "@/lib/api/generated/types.gen";
import { useFilterActions, useFilters } from "@/lib/todos/use-filters";
import type { View } from "@/lib/todos/views";
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
  const { save, rename, remove, move } = useFilterActions();
  const filters = useFilters();
  const others = filters.filter((each) => each !== filter);
  const [name, setName] = useState(filter?.name ?? suggested(view));

  function submit(event: FormEvent): void {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") return;
    onClose();
    if (!filter) void save(wanted, view);
    else if (wanted !== filter.name) void rename(filter, wanted);
  }

  function discard(): void {
    onClose();
    if (filter) void remove(filter);
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
                index={filters.indexOf(filter)}
                count={filters.length}
                onMove={(gap) => void move(filter, others, gap)}
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
