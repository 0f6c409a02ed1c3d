import { setSearch } from "@/lib/location";
import { type View, viewQuery } from "@/lib/todos/views";
import { Message } from "../Message";

export function NothingFound({ view }: { view: View }) {
  return (
    <Message
      icon="search"
      title="Nothing found"
      text="The search looks into titles, notes and tags of this list; all of its words have to be there."
    >
      <button
        type="button"
        className="btn btn-plain mt-5"
        onClick={() => setSearch(viewQuery({ name: view.name, project: view.project }))}
      >
        Clear the filters
      </button>
    </Message>
  );
}
