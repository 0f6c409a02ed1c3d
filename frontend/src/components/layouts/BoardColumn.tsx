import { startTransition, useEffect, useState } from "react";
import { whenIdle } from "@/lib/idle";
import type { Column } from "@/lib/todos/layouts";
import { ProjectDot } from "../projects/ProjectDot";
import type { RenderTodo } from "./layout-props";
import { useSeen } from "./use-seen";

const AT_ONCE = 5;
const FIRST = 15;
const MORE = 100;

interface BoardColumnProps {
  column: Column;
  /** A card that is drawn in any case. */
  wanted: string | null;
  renderTodo: RenderTodo;
}

/** The cards of a column are drawn when it comes into sight, a few at a time, and of many the first. */
export function BoardColumn({ column, wanted, renderTodo }: BoardColumnProps) {
  const { key, name, project, rows } = column;
  const index = rows.findIndex((row) => row.key === wanted);
  const { ref, seen } = useSeen<HTMLElement>();
  const [most, setMost] = useState(AT_ONCE);
  const count = seen || index >= 0 ? Math.max(most, index + 1) : 0;
  useEffect(() => {
    if (!seen || most >= FIRST) return;
    return whenIdle(() => startTransition(() => setMost(most + AT_ONCE)));
  }, [seen, most]);
  const hidden = rows.length - count;
  return (
    <section ref={ref} data-column={key} className="board-column" aria-label={name}>
      <h2 className="flex items-center gap-1.5 px-2.5 pt-2.5">
        {project && <ProjectDot color={project.color} />}
        <span className="min-w-0 flex-1 truncate">{name}</span>
        <span className="font-normal text-faint text-xs tabular-nums">{rows.length}</span>
      </h2>
      {rows.length === 0 && <p className="px-2.5 py-4 text-faint text-sm">Drag a card here.</p>}
      {count > 0 && rows.length > 0 && (
        <ul className="flex flex-col gap-1.5 p-1.5" aria-label={name}>
          {rows.slice(0, count).map((row) => (
            <li key={row.key} data-row={row.key} className="board-card">
              {renderTodo(row, false)}
            </li>
          ))}
        </ul>
      )}
      {seen && most >= FIRST && hidden > 0 && (
        <button type="button" className="btn btn-quiet mb-1.5 w-full" onClick={() => setMost(most + MORE)}>
          Show {Math.min(MORE, hidden)} more
        </button>
      )}
    </section>
  );
}
