import { setSearch } from "@/lib/location";
import { type View, type ViewName, viewQuery } from "@/lib/todos/views";
import { Icon, type IconName } from "../Icon";
import { NEW_TODO_ID } from "./TodoForm";

const TEXTS: Record<ViewName, { icon: IconName; title: string; text: string }> = {
  active: { icon: "done", title: "All done", text: "Nothing is open. Write down what comes next." },
  today: { icon: "today", title: "Nothing due today", text: "Enjoy it, or pick something from your todos." },
  upcoming: { icon: "calendar", title: "Nothing planned", text: "Todos with a day after today show up here." },
  completed: { icon: "check", title: "Nothing completed yet", text: "What you finish is kept here, by day." },
  trash: { icon: "trash", title: "The trash is empty", text: "What you delete waits here for 30 days." },
};

export function EmptyState({ view, anyTodos }: { view: View; anyTodos: boolean }) {
  const filtered = view.q !== "" || view.tags.length > 0 || view.priority !== null;
  if (filtered) return <NothingFound view={view} />;
  const welcome = view.name === "active" && !anyTodos;
  const { icon, title, text } = welcome
    ? { icon: "add" as const, title: "Your list is empty", text: "Write down the first thing on your mind." }
    : TEXTS[view.name];
  return (
    <Shape icon={icon} title={title} text={text}>
      {view.name === "active" && (
        <button
          type="button"
          className="btn btn-plain mt-5"
          onClick={() => document.getElementById(NEW_TODO_ID)?.focus()}
        >
          Add a todo <kbd className="kbd hidden md:grid">n</kbd>
        </button>
      )}
    </Shape>
  );
}

function NothingFound({ view }: { view: View }) {
  return (
    <Shape icon="search" title="Nothing found" text="No todo here fits what you are looking for.">
      <button type="button" className="btn btn-plain mt-5" onClick={() => setSearch(viewQuery({ name: view.name }))}>
        Clear the filters
      </button>
    </Shape>
  );
}

function Shape({
  icon,
  title,
  text,
  children,
}: {
  icon: IconName;
  title: string;
  text: string;
  children?: React.ReactNode;
}) {
  return (
    <div className="appear flex flex-col items-center px-6 py-16 text-center">
      <span className="mb-4 grid size-12 place-items-center rounded-full bg-accent-soft text-accent">
        <Icon name={icon} className="size-5.5" />
      </span>
      <p className="font-medium">{title}</p>
      <p className="mt-1 max-w-xs text-balance text-faint text-sm">{text}</p>
      {children}
    </div>
  );
}
