import Link from "next/link";
import type { ReactNode } from "react";
import type { Submission } from "@/lib/use-submit";

interface AccountFormProps {
  title: string;
  text: string;
  submit: { label: string; busy: string };
  submission: Submission;
  /** The way to the other of the two forms. */
  other: { question: string; href: string; label: string };
  /** The ways that need nothing of what the form asks for. */
  ways?: ReactNode;
  children: ReactNode;
}

export function AccountForm({ title, text, submit, submission, other, ways, children }: AccountFormProps) {
  return (
    <>
      <h1 className="mb-1.5">{title}</h1>
      <p className="mb-7 text-faint">{text}</p>
      <form onSubmit={submission.onSubmit} className="flex flex-col gap-4">
        {children}
        <button type="submit" className="btn btn-primary mt-1 min-h-10.5" disabled={submission.busy}>
          {submission.busy ? submit.busy : submit.label}
        </button>
      </form>
      {ways}
      <p className="mt-6 text-faint text-sm">
        {other.question}{" "}
        <Link href={other.href} className="font-medium text-accent underline-offset-4 hover:underline">
          {other.label}
        </Link>
      </p>
    </>
  );
}
