import { type KeyboardEvent, useId, useState } from "react";
import { useTagCounts } from "@/lib/todos/counts";
import { Icon } from "../Icon";

const MOST = 20;

/** Tags as chips with an input behind them: Enter or a comma adds, Backspace in the empty input takes the last. */
export function TagField({ tags, onChange }: { tags: string[]; onChange: (tags: string[]) => void }) {
  const id = useId();
  const known = useTagCounts();
  const [text, setText] = useState("");

  function add(): void {
    const tag = text.trim().replace(/^#/, "");
    setText("");
    if (tag && !tags.includes(tag) && tags.length < MOST) onChange([...tags, tag]);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if ((event.key === "Enter" && text.trim()) || event.key === ",") {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && text === "") onChange(tags.slice(0, -1));
  }

  return (
    <div>
      <label htmlFor={id} className="label">
        Tags
      </label>
      <div className="field flex flex-wrap items-center gap-1.5 py-1.5 focus-within:border-accent">
        {tags.map((tag) => (
          <span key={tag} className="inline-flex max-w-full items-center gap-0.5 rounded-full bg-hover ps-2.5 text-sm">
            <span className="truncate">{tag}</span>
            <button
              type="button"
              className="grid size-6 place-items-center rounded-full text-faint hover:text-ink"
              aria-label={`Remove tag ${tag}`}
              onClick={() => onChange(tags.filter((other) => other !== tag))}
            >
              <Icon name="close" className="size-3" />
            </button>
          </span>
        ))}
        <input
          id={id}
          value={text}
          list={`${id}-known`}
          maxLength={50}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={add}
          placeholder={tags.length === 0 ? "Add a tag" : ""}
          className="min-h-6 min-w-16 flex-1 bg-transparent text-sm outline-none"
        />
        <datalist id={`${id}-known`}>
          {known.map(({ tag }) => (
            <option key={tag} value={tag} />
          ))}
        </datalist>
      </div>
    </div>
  );
}
