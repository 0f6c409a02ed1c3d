import { INBOX, isFiltered, type View, type ViewName } from "@/lib/todos/views";
import type { IconName } from "../Icon";
import { Message } from "../Message";
import { NEW_TODO_ID } from "./ids";
import { NothingFound } from "./NothingFound";

interface Text {
  icon: IconName;
  title: string;
  text: string;
}

const TEXTS: Record<ViewName, Text> = {
  active: { icon: "done", title: "All done", text: "Nothing is open. Write down what comes next." },
  today: {
    icon: "today",
    title: "Nothing due today",
    text: "Enjoy it. What you write above is due today; elsewhere “today” in the line brings a todo here.",
  },
  upcoming: {
    icon: "calendar",
    title: "Nothing planned",
    text: "What is due or starts after today is here. Try “Water the plants every friday” above.",
  },
  completed: {
    icon: "check",
    title: "Nothing completed yet",
    text: "Tick a todo, or press x on it: what you finish is kept here, by day.",
  },
  trash: {
    icon: "trash",
    title: "The trash is empty",
    text: "What you delete waits here for 30 days, and can be brought back until then.",
  },
};
const WELCOME: Text = {
  icon: "add",
  title: "Your list is empty",
  text: "Write down the first thing on your mind. “Buy milk tomorrow #home !high” names day, tag and priority at once.",
};
const IN_INBOX: Text = {
  icon: "inbox",
  title: "The inbox is empty",
  text: "What has no project is here: written down now, put in its place later.",
};
const IN_PROJECT: Text = {
  icon: "folder",
  title: "Nothing open in here",
  text: "What you add above belongs here. From elsewhere, ~ and a project’s name in the line bring it there.",
};
const WITH_FORM = new Set<ViewName>(["active", "today", "upcoming"]);

function textOf({ name, project }: View, anyTodos: boolean): Text {
  if (project) return project === INBOX ? IN_INBOX : IN_PROJECT;
  return name === "active" && !anyTodos ? WELCOME : TEXTS[name];
}

export default function EmptyState({ view, anyTodos }: { view: View; anyTodos: boolean }) {
  if (isFiltered(view)) return <NothingFound view={view} />;
  return (
    <Message {...textOf(view, anyTodos)}>
      {WITH_FORM.has(view.name) && (
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
