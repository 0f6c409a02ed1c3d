import type { User } from "../api/types";
import { eraseDatabase, fact, openDatabase, STORES, transact } from "./database";

/** Whose database there is: an id, which grants nothing and names nobody. */
const LAST = "todobus.user";

/** Who was signed in last in this browser: known without a network. */
export async function rememberedUser(): Promise<User | null> {
  const id = localStorage.getItem(LAST);
  const database = id && (await openDatabase(id, true));
  if (!database) return null;
  const user = await fact<User>(database, "user");
  database.close();
  return user ?? null;
}

export async function rememberUser(database: IDBDatabase, user: User): Promise<void> {
  localStorage.setItem(LAST, user.id);
  await transact(database, ["facts"], (store) => store("facts").put(user, "user"));
}

/** After a log-out all is erased; after a session has ended in another way, all but what has not been sent. */
export async function forgetUser(userId: string, loggedOut: boolean): Promise<void> {
  localStorage.removeItem(LAST);
  if (loggedOut) return eraseDatabase(userId);
  const database = await openDatabase(userId, true);
  if (!database) return;
  const copied = STORES.filter((name) => name !== "writes" && name !== "findings");
  await transact(database, copied, (store) => {
    for (const name of copied) store(name).clear();
  });
  database.close();
}
