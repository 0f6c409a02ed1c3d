"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { useFired } from "@/lib/notifications/fired";
import { markSeen, seenUntil } from "@/lib/notifications/seen";
import { ErrorState } from "../ErrorState";
import { Icon } from "../Icon";
import { Message } from "../Message";
import { ListSkeleton } from "../todos/ListSkeleton";
import { FiredRow } from "./FiredRow";

/** What has fired, newest first; seeing it here makes it old. */
export function NotificationsPage() {
  const { data, error, refetch } = useFired();
  const [seen] = useState(seenUntil);
  const newest = data?.[0]?.fired_at;
  useEffect(() => {
    if (newest) markSeen(newest);
  }, [newest]);
  return (
    <div className="page">
      <header className="flex items-center justify-between gap-3">
        <h1>Notifications</h1>
        <Link href="/settings/notifications" prefetch={false} className="btn btn-quiet -me-2">
          <Icon name="settings" className="size-4" />
          Settings
        </Link>
      </header>
      {!data && error && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && <ListSkeleton />}
      {data?.length === 0 && (
        <Message
          icon="bell"
          title="Nothing has fired yet"
          text="Open a todo and choose when to be reminded of it. What fires is listed here for 60 days."
        />
      )}
      <ul className="mt-4">
        {data?.map((fired) => (
          <FiredRow key={fired.id} fired={fired} isNew={seen !== null && fired.fired_at > seen} />
        ))}
      </ul>
    </div>
  );
}
