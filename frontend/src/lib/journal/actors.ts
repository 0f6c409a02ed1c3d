import type { ListedCommand } from "../api/types";

type Actor = ListedCommand["actor"];

/** The same for all that one log-in, token or job did. */
export function actorKey(actor: Actor): string {
  return actor ? `${actor.type} ${actor.id ?? actor.name}` : "";
}

/** Who did it, as the person sees it; `here` is the id of this session. */
export function sayActor(actor: Actor, here: string): string {
  if (!actor) return "Not known";
  if (actor.type === "token") return `Token “${actor.name}”`;
  if (actor.type === "system") return `Todobus (${actor.name})`;
  return actor.id === here ? "You, here" : "You, elsewhere";
}

/** The session that an access token belongs to. */
export function sessionIn(token: string): string {
  try {
    const claims = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(claims)).sid ?? "";
  } catch {
    return "";
  }
}
