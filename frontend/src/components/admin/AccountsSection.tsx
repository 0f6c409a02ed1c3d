import { type FormEvent, useState } from "react";
import { Section } from "../settings/Section";
import { AccountsPage } from "./AccountsPage";

export function AccountsSection() {
  const [text, setText] = useState("");
  const [cursors, setCursors] = useState([""]);

  function search(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    setText(String(new FormData(event.currentTarget).get("q")).trim());
    setCursors([""]);
  }

  return (
    <Section title="Accounts" note="Newest first. Administrators see who has one, and never a todo.">
      <form onSubmit={search} className="mb-4 flex gap-2">
        <input
          type="search"
          name="q"
          className="field min-w-0 flex-1"
          placeholder="Part of an address or a name"
          aria-label="Search accounts"
          maxLength={320}
        />
        <button type="submit" className="btn btn-plain min-h-10">
          Search
        </button>
      </form>
      {cursors.map((cursor, index) => (
        <AccountsPage
          key={cursor}
          text={text}
          cursor={cursor}
          onMore={index === cursors.length - 1 ? (next) => setCursors([...cursors, next]) : undefined}
        />
      ))}
    </Section>
  );
}
