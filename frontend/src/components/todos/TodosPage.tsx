"use client";

import { useEffect, useMemo } from "react";
import { useSearch } from "@/lib/location";
import { useProjects } from "@/lib/todos/context";
import { parseView, titleOf } from "@/lib/todos/views";
import { StatsRail } from "../stats/StatsRail";
import { AddHere } from "./AddHere";
import { Listing } from "./Listing";
import { PageHeader } from "./PageHeader";
import { ViewTabs } from "./ViewTabs";

export function TodosPage() {
  const search = useSearch();
  const view = useMemo(() => parseView(search), [search]);
  const title = titleOf(view, useProjects());
  useEffect(() => {
    document.title = `${title} · Todobus`;
  }, [title]);
  return (
    <div className="mx-auto flex w-full max-w-6xl">
      <div className="page min-w-0">
        <PageHeader title={title} view={view} />
        <ViewTabs view={view} />
        {view.name !== "completed" && view.name !== "trash" && <AddHere view={view} />}
        <Listing view={view} label={title} key={view.project ?? view.name} />
      </div>
      <StatsRail />
    </div>
  );
}
