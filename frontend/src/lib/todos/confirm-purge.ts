import type { Questions } from "../questions";

export function confirmPurge(questions: Questions, count: number): Promise<boolean> {
  return questions.confirm({
    title: count === 1 ? "Delete this todo for good?" : `Delete ${count} todos for good?`,
    text: "This cannot be undone. Days on which it was completed keep their count.",
    action: "Delete for good",
  });
}
