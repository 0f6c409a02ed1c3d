import { createStore } from "./store";

export interface Question {
  title: string;
  text: string;
  action: string;
  answer: (yes: boolean) => void;
}

export const asked = createStore<Question | null>(null);

/** Asks before something that cannot be undone. */
export function confirm(question: Omit<Question, "answer">): Promise<boolean> {
  return new Promise((resolve) => asked.set({ ...question, answer: resolve }));
}
