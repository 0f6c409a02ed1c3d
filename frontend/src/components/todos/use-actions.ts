import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { ConnectionError, describe } from "@/lib/api/errors";
import type { User } from "@/lib/api/types";
import { useApp } from "@/lib/app";
import { TODOS } from "@/lib/todos/cache";
import type { TodoActions } from "@/lib/todos/context";
import { loadCommands, type Work } from "@/lib/todos/work";

type Commands = Awaited<ReturnType<typeof loadCommands>>;

/** `ready` when what this browser has kept is shown; what writes is loaded by then, and carries out at once. */
export function useActions(work: Work, user: User): { actions: TodoActions; ready: boolean } {
  const app = useApp();
  const loaded = useRef<Commands>(undefined);
  const [ready, setReady] = useState(false);
  const context = useMemo(() => ({ ...app, user, ...work }), [app, user, work]);
  const start = useEffectEvent(async () => {
    loaded.current = await loadCommands();
    return loaded.current.startOffline(context);
  });
  useEffect(() => {
    const started = start();
    void started.catch(() => undefined).then(() => setReady(true));
    return () => void started.then((stop) => stop()).catch(() => undefined);
  }, []);
  const actions = useMemo<TodoActions>(() => {
    const refuse = (): undefined => {
      app.notices.notify(describe(new ConnectionError()), { tone: "error" });
    };
    function act<T>(use: (commands: Commands) => T): T | Promise<T | undefined> {
      return loaded.current ? use(loaded.current) : loadCommands().then(use, refuse);
    }
    return {
      run: async (actions) => (await act(({ run }) => run(context, actions))) ?? false,
      undo: (action) => void act(({ undo }) => undo(context, action)),
      redo: () => void act(({ redo }) => redo(context)),
      settle: (finding, field) => void act(({ settle }) => settle(context, finding, field)),
      reload: () => void app.client.refetchQueries({ queryKey: TODOS }),
    };
  }, [app, context]);
  return { actions, ready };
}
