import type { Todo } from "@/lib/api/types";

/** What a row can do; the functions stay the same from render to render. */
export interface ItemActions {
  toggle: (todo: Todo) => void;
  remove: (todo: Todo) => void;
  restore: (todo: Todo) => void;
  edit: (id: string | null) => void;
  /** Asks where the todo is moved to. */
  move: (id: string | null) => void;
  select: (id: string, range: boolean) => void;
  save: (todo: Todo, fields: Partial<Todo>) => void;
}

export interface ItemProps {
  todo: Todo;
  depth?: number;
  /** On a board: the card has no buttons, and a box to select it only while something is selected. */
  card?: boolean;
  /** How many of its subtasks are done, as "2/5". */
  subtasks?: string;
  /** The title of a parent that is not in the list. */
  parent?: string;
  today: string;
  overdue: boolean;
  editing: boolean;
  selected: boolean;
  /** Something is selected: the boxes to select with are shown. */
  selecting: boolean;
  saving: boolean;
  actions: ItemActions;
}
