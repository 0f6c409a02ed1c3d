import { type ReactNode, useMemo, useState } from "react";
import { AppContext, useApp } from "@/lib/app";
import { withProof } from "@/lib/proof";
import { ProofDialog } from "./ProofDialog";

type Answer = (proven: boolean) => void;

/** Around what secures accounts: a call in here that needs a fresh proof of who makes it asks for one, then goes on. */
export function StepUp({ children }: { children: ReactNode }) {
  const app = useApp();
  const [answer, setAnswer] = useState<Answer | null>(null);
  const asking = useMemo(() => {
    const prove = () =>
      new Promise<boolean>((resolve) => {
        setAnswer(
          (known: Answer | null): Answer =>
            (proven) => {
              known?.(proven);
              resolve(proven);
            },
        );
      });
    return { ...app, http: withProof(app.http, prove) };
  }, [app]);

  function done(proven: boolean): void {
    answer?.(proven);
    setAnswer(null);
  }

  return (
    <AppContext value={asking}>
      {children}
      {answer && <ProofDialog onDone={done} />}
    </AppContext>
  );
}
