"use client";

import { useEffect, useRef } from "react";
import { Icon } from "../Icon";

const KEYS: [string, string][] = [
  ["n", "New todo"],
  ["/", "Search"],
  ["j k", "Next, previous todo"],
  ["x", "Complete or reopen"],
  ["e", "Edit"],
  ["s", "Select"],
  ["1 … 4", "Priority; 0 for none"],
  ["#", "Delete"],
  ["u", "Undo"],
  ["g l", "Go to todos"],
  ["g t", "Go to today"],
  ["g u", "Go to upcoming"],
  ["g c", "Go to completed"],
  ["g s", "Go to stats"],
  ["g ,", "Go to settings"],
  ["?", "These shortcuts"],
];

export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="modal appear" aria-labelledby="shortcuts-title" onClose={onClose}>
      <div className="mb-4 flex items-center justify-between">
        <h2 id="shortcuts-title" className="text-lg">
          Keyboard shortcuts
        </h2>
        <button type="button" className="btn-icon -me-2" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <dl className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-2 text-sm">
        {KEYS.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt className="text-soft">{what}</dt>
            <dd className="flex justify-end gap-1">
              {keys.split(" ").map((key) => (
                <kbd key={key} className="kbd">
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-5 text-faint text-xs">Single keys can be turned off in the settings.</p>
    </dialog>
  );
}
