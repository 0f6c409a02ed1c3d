import type { SyncConflict } from "../api/generated/types.gen";
import type { Store } from "../store";
import { type StoreName, transact } from "./database";

/** A write that met what others have written since, or that was refused when nobody waited for it any more. */
export interface Finding {
  /** The write's. */
  id: string;
  todoId: string;
  title: string;
  conflicts: SyncConflict[];
  /** Why it was refused. */
  refused?: string;
}

const NAME: StoreName = "findings";

export async function addFinding(
  database: IDBDatabase | null,
  findings: Store<Finding[]>,
  finding: Finding,
): Promise<void> {
  findings.set((known) => [...known.filter(({ id }) => id !== finding.id), finding]);
  if (database) await transact(database, [NAME], (store) => store(NAME).put(finding));
}

export async function dropFinding(database: IDBDatabase | null, findings: Store<Finding[]>, id: string): Promise<void> {
  findings.set((known) => known.filter((each) => each.id !== id));
  if (database) await transact(database, [NAME], (store) => store(NAME).delete(id));
}

/** What is left of it when one field has been settled; null where nothing is. */
export function withoutField(finding: Finding, field: string): Finding | null {
  const conflicts = finding.conflicts.filter((conflict) => conflict.field !== field);
  return conflicts.length > 0 ? { ...finding, conflicts } : null;
}
