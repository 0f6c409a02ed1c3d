import { confirm } from "../confirm";

export function confirmPurge(count: number): Promise<boolean> {
  return confirm({
    title: count === 1 ? "Delete this todo for good?" : `Delete ${count} todos for good?`,
    text: "This cannot be undone. Days on which it was completed keep their count.",
    action: "Delete for good",
  });
}
