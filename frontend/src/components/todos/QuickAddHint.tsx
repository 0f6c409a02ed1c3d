const MARKS = ["#tag", "!high", "~project", "tomorrow 5pm", "every week"];

/** What can be written in the line. */
export function QuickAddHint() {
  return (
    <span className="invisible flex flex-wrap gap-1 group-focus-within:visible">
      {MARKS.map((mark) => (
        <code key={mark} className="rounded bg-hover px-1 py-0.5 font-sans text-soft">
          {mark}
        </code>
      ))}
      <span className="py-0.5">go anywhere in the line</span>
    </span>
  );
}
