/** The types of events that a webhook can be about, by what they are about. */
export const EVENT_TYPES: Record<string, string[]> = {
  todo: ["created", "updated", "completed", "reopened", "deleted", "restored", "purged"],
  project: ["created", "updated", "deleted", "restored", "purged"],
  filter: ["created", "updated", "deleted"],
};

export function typeOf(subject: string, verb: string): string {
  return `${subject}.${verb}.v1`;
}

/** "todo completed" */
export function nameOf(type: string): string {
  return type.replace(/\.v\d+$/, "").replace(".", " ");
}
