import { type Context, createContext, useContext } from "react";
import type { Project, Todo, User } from "../api/types";
import type { Work } from "./work";
import type { Action, UndoAction } from "./writes";

/**
 * One context per rate of change, so that a tick of the clock, an event or a write renders only what reads the value
 * that it changes. Those with a default can also be read before a user has signed in.
 */
export interface TodoActions {
  run: (actions: Action[]) => Promise<boolean>;
  undo: (action?: UndoAction) => void;
  redo: () => void;
  /** A person has looked at what a write has met: at all of it, or at one field. */
  settle: (finding: string, field?: string) => void;
  reload: () => void;
}

export interface ShownTodos {
  /** The server's state with the writes under way on top. */
  todos: ReadonlyMap<string, Todo>;
  loading: boolean;
  error: unknown;
}

const NO_IDS: ReadonlySet<string> = new Set();

/** Fixed while the provider is mounted, but for changes of the user's profile. */
export const ActionsContext = createContext<TodoActions | null>(null);
export const WorkContext = createContext<Work | null>(null);
export const UserContext = createContext<User | null>(null);
/** Changes with each event and each write. */
export const TodosContext = createContext<ShownTodos>({ todos: new Map(), loading: true, error: null });
/** Changes with each event and each write of a project. */
export const ProjectsContext = createContext<ReadonlyMap<string, Project>>(new Map());
/** Ids of todos whose write has not been answered yet. */
export const SavingContext = createContext(NO_IDS);
/** The user's day, `YYYY-MM-DD`. */
export const TodayContext = createContext("");
/** Ids of overdue todos: the same set until one is added or removed. */
export const OverdueContext = createContext(NO_IDS);

export const useTodoActions = () => useRequired(ActionsContext);
export const useWork = () => useRequired(WorkContext);
export const useUser = () => useRequired(UserContext);
export const useTodos = () => useContext(TodosContext);
export const useProjects = () => useContext(ProjectsContext);
export const useSaving = () => useContext(SavingContext);
export const useToday = () => useContext(TodayContext);
export const useOverdue = () => useContext(OverdueContext);

function useRequired<T>(context: Context<T | null>): T {
  const value = useContext(context);
  if (value === null) throw new Error("This needs a TodosProvider");
  return value;
}
