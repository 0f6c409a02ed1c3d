import { isFiltered, type View, type ViewName } from "@/lib/todos/views";
import type { IconName } from "../Icon";
import { Message } from "../Message";
import { NEW_TODO_ID } from "./ids";
import { NothingFound } from "./NothingFound";

const TEXTS: Record<ViewName, { icon: IconName; title: string; text: string }> = {
  active: { icon: "done", title: "All done", text: "Nothing is open. Write down what comes next." },
  today: { icon: "today", title: "Nothing due today", text: "Enjoy it, or pick something from your todos." },
  upcoming: { icon: "calendar", title: "Nothing planned", text: "Todos with a day after today show up here." },
  completed: { icon: "check", title: "Nothing completed yet", text: "What you finish is kept here, by day." },
  trash: { icon: "trash", title: "The trash is empty", text: "What you delete waits here for 30 days." },
};
const WELCOME = { icon: "add", title: "Your list is empty", text: "Write down the first thing on your mind." } as const;
const IN_PROJECT = {
  icon: "folder",
  title: "Nothing open in here",
  text: "What you add above belongs here. From elsewhere, ~ and a project’s name in the line bring it there.",
} as const;

export default function EmptyState({ view, anyTodos }: { view: View; anyTodos: boolean }) {
  if (isFiltered(view)) return <NothingFound view={view} />;
  const text = view.project ? IN_PROJECT : view.name === "active" && !anyTodos ? WELCOME : TEXTS[view.name];
  return (
    <Message {...text}>
      {view.name === "active" && (
        <button
          type="button"
          className="btn btn-plain mt-5"
          onClick={() => document.getElementById(NEW_TODO_ID)?.focus()}
        >
          Add a todo <kbd className="kbd hidden md:grid">n</kbd>
        </button>
      )}
    </Message>
  );
}
