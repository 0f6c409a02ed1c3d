import { createStore, type Store } from "./store";

export interface Question {
  title: string;
  text: string;
  action: string;
  answer: (yes: boolean) => void;
}

/** The question that the confirmation dialog shows, or null. */
export interface Questions extends Store<Question | null> {
  /** Asks before something that cannot be undone. */
  confirm(question: Omit<Question, "answer">): Promise<boolean>;
}

export function createQuestions(): Questions {
  const asked = createStore<Question | null>(null);
  return {
    ...asked,
    confirm: (question) => new Promise((resolve) => asked.set({ ...question, answer: resolve })),
  };
}
