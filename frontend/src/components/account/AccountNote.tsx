import Link from "next/link";

/** What an account page says when it has nothing to ask, and where to go on. */
export function AccountNote({
  title,
  text,
  href,
  label,
}: {
  title: string;
  text: string;
  href: string;
  label: string;
}) {
  return (
    <div role="status">
      <h1 className="mb-1.5">{title}</h1>
      <p className="mb-7 text-faint">{text}</p>
      <Link href={href} className="btn btn-primary min-h-10.5">
        {label}
      </Link>
    </div>
  );
}
