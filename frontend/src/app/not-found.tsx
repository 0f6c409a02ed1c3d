import type { Metadata } from "next";
import Link from "next/link";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center px-6">
      <p className="eyebrow">404</p>
      <h1 className="mt-1">There is nothing here</h1>
      <p className="mt-2 text-faint">The page may have moved, or the address has a typo.</p>
      <Link href="/" className="btn btn-primary mt-6 self-start">
        To your todos
      </Link>
    </main>
  );
}
