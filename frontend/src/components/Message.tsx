import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

interface MessageProps {
  icon: IconName;
  title: string;
  text: string;
  /** An error is also announced to screen readers. */
  tone?: "plain" | "error";
  children?: ReactNode;
}

/** What stands in the place of content that is missing: an icon, what is the case, and what can be done. */
export function Message({ icon, title, text, tone = "plain", children }: MessageProps) {
  const error = tone === "error";
  return (
    <div role={error ? "alert" : undefined} className="appear flex flex-col items-center px-6 py-16 text-center">
      <span
        className={`mb-4 grid size-12 place-items-center rounded-full ${
          error ? "bg-danger-soft text-danger" : "bg-accent-soft text-accent"
        }`}
      >
        <Icon name={icon} className="size-5.5" />
      </span>
      <p className="font-medium">{title}</p>
      <p className="mt-1 max-w-xs text-balance text-faint text-sm">{text}</p>
      {children}
    </div>
  );
}
