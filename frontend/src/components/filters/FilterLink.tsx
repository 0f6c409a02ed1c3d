import { viewQuery } from "@/lib/todos/views";
import { Icon } from "../Icon";
import { useCurrentView } from "../shell/use-current-view";
import { ViewLink } from "../shell/ViewLink";

interface FilterLinkProps {
  name: string;
  /** Null where another client has saved what this app has no view for. */
  address: string | null;
  className?: string;
}

export function FilterLink({ name, address, className = "nav-link" }: FilterLinkProps) {
  const view = useCurrentView();
  const content = (
    <>
      <Icon name="filter" className="size-4.5" />
      <span data-name className="min-w-0 flex-1 truncate">
        {name}
      </span>
    </>
  );
  if (address === null) {
    return (
      <span className={`${className} text-faint`} title="It asks for something that has no list in this app">
        {content}
      </span>
    );
  }
  return (
    <ViewLink query={address} current={view !== null && viewQuery(view) === address} className={className}>
      {content}
    </ViewLink>
  );
}
