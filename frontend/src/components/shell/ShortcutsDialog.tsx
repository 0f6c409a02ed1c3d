import { Modal } from "../Modal";

const KEYS: [string, string][] = [
  ["n", "New todo"],
  ["/", "Search"],
  ["j k", "Next, previous todo"],
  ["x", "Complete or reopen"],
  ["e", "Edit"],
  ["s", "Select"],
  ["1 … 4", "Priority; 0 for none"],
  ["Alt ↑ ↓", "Move up or down in your own order"],
  ["Alt → ←", "Nest below the one above, take out again"],
  ["Alt ← → ↑ ↓", "On a board to another column, in a month to another day"],
  ["#", "Delete"],
  ["u", "Undo, also ⌘Z or Ctrl Z"],
  ["U", "Redo, also ⇧⌘Z or Ctrl Y"],
  ["g l", "Go to todos"],
  ["g i", "Go to the inbox"],
  ["g t", "Go to today"],
  ["g u", "Go to upcoming"],
  ["g c", "Go to completed"],
  ["g n", "Go to notifications"],
  ["g j", "Go to the journal"],
  ["g p", "Go to any day"],
  ["g s", "Go to stats"],
  ["g ,", "Go to settings"],
  ["?", "These shortcuts"],
];

export default function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="Keyboard shortcuts" onClose={onClose} closable>
      {() => (
        <>
          <dl className="mt-4 grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-2 text-sm">
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
        </>
      )}
    </Modal>
  );
}
