import { useApp } from "@/lib/app";

/** Nothing where the browser lets no page write to the clipboard. */
export function CopyButton({ text, className }: { text: string; className: string }) {
  const { notices } = useApp();
  if (!navigator.clipboard) return null;

  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(text);
    notices.notify("Copied");
  }

  return (
    <button type="button" className={`btn ${className}`} onClick={() => void copy()}>
      Copy
    </button>
  );
}
