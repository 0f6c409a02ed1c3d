import type { SyncConflict } from "@/lib/api/generated/types.gen";
import type { Finding } from "@/lib/offline/findings";
import { actionFor, sayValue } from "@/lib/offline/values";
import { useProjects, useTodoActions, useTodos } from "@/lib/todos/context";
import { FIELD_NAMES } from "@/lib/todos/fields";

/** Both values of a field; the one that was not kept can be. */
export function ConflictChoice({ finding, conflict }: { finding: Finding; conflict: SyncConflict }) {
  const { run, settle } = useTodoActions();
  const projects = useProjects();
  const todo = useTodos().todos.get(finding.todoId);
  const { field, yours, theirs, kept } = conflict;
  const name = FIELD_NAMES[field] ?? field;
  const values = { yours, theirs };
  return (
    <fieldset className="mt-2">
      <legend className="eyebrow">{name}</legend>
      <div className="mt-1 grid grid-cols-2 gap-2">
        {(["yours", "theirs"] as const).map((side) => {
          const action = todo && side !== kept ? actionFor(todo, field, values[side]) : null;
          const label = side === "yours" ? "Here" : "Elsewhere";
          return (
            <button
              key={side}
              type="button"
              aria-pressed={side === kept}
              disabled={!action}
              className="choice"
              onClick={() => {
                if (action) void run([action]);
                settle(finding.id, field);
              }}
            >
              <span className="eyebrow">{side === kept ? `${label} · kept` : label}</span>
              <span className="[overflow-wrap:anywhere]">{sayValue(field, values[side], projects)}</span>
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
