import { Fragment } from "react";
import type { TodoFields } from "@/lib/api/types";
import { useToday } from "@/lib/todos/context";
import { TodoMeta } from "./TodoMeta";

const MARKS = ["#tag", "!high", "@tomorrow"];

/** What has been read out of the line, or what can be written in it. */
export function QuickAddHint({ text, fields }: { text: string; fields: TodoFields }) {
  const today = useToday();
  const marked = fields.due_date || fields.tags.length > 0 || fields.priority !== "none";
  if (text !== "" && marked) return <TodoMeta todo={fields} today={today} />;
  return (
    <span className="invisible group-focus-within:visible">
      {MARKS.map((mark) => (
        <Fragment key={mark}>
          <code className="rounded bg-hover px-1 py-0.5 font-sans text-soft">{mark}</code>{" "}
        </Fragment>
      ))}
      go anywhere in the line
    </span>
  );
}
