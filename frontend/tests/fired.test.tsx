import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { NotificationsPage } from "@/components/notifications/NotificationsPage";
import { Notifier } from "@/components/notifications/Notifier";
import Unread from "@/components/notifications/Unread";
import type { FiredReminder } from "@/lib/api/generated/types.gen";
import type { Todo } from "@/lib/api/types";
import { FIRED } from "@/lib/notifications/fired";
import { markSeen } from "@/lib/notifications/seen";
import { answerWith, renderWith, todo } from "./support";

const push = vi.fn();
vi.mock("next/navigation", () => ({ usePathname: () => "/", useRouter: () => ({ push }) }));

function fired(of: Todo, fired_at: string, fields: Partial<FiredReminder> = {}): FiredReminder {
  const id = `${of.id}-${fired_at}`;
  const times = { due_at: null, fire_at: fired_at, fired_at };
  return { id, todo_id: of.id, reminder_id: of.id, title: of.title, is_late: false, ...times, ...fields };
}

const MILK = todo({ title: "Buy milk", due_date: "2026-12-01", due_time: "17:30" });
const BEN = todo({ title: "Call Ben", completed: true });

function show(list: FiredReminder[]) {
  answerWith({ "GET /api/notifications": { json: list } });
  return renderWith(
    <>
      <Unread />
      <NotificationsPage />
    </>,
    [MILK, BEN],
  );
}

describe("what has fired", () => {
  it("is listed with what is new, and not new the next time", async () => {
    markSeen("2026-11-30T00:00:00Z");
    show([fired(MILK, "2026-11-30T10:00:00Z"), fired(BEN, "2026-11-29T10:00:00Z", { is_late: true })]);
    const [milk, ben] = await screen.findAllByRole("listitem");
    expect(milk?.textContent).toMatch(/Buy milk.*New, .* · due .* 17:30/);
    expect(ben?.textContent).toMatch(/Call Ben.*, late/);
    expect(ben?.textContent).not.toContain("New");
    expect(
      within(milk as HTMLElement)
        .getByRole("link")
        .getAttribute("href"),
    ).toBe(`/?todo=${MILK.id}`);
    await waitFor(() => expect(document.querySelector(".unread")).toBeNull());
  });

  it("teaches where there is nothing", async () => {
    show([]);
    expect(await screen.findByText("Nothing has fired yet")).toBeTruthy();
    expect(document.querySelector(".unread")).toBeNull();
  });
});

describe("what fires", () => {
  async function fire(...more: FiredReminder[]) {
    answerWith({ "GET *": { json: [] } });
    const { client } = renderWith(<Notifier />, [MILK, BEN]);
    const then = (list: FiredReminder[]) =>
      act(async () => {
        client.setQueryData(FIRED, list);
        await new Promise((resolve) => setTimeout(resolve)); // queries tell of their data in a task of their own
      });
    const before = fired(BEN, "2026-11-29T10:00:00Z");
    await then([before]);
    await then([...more, before]);
    return userEvent.setup();
  }

  it("is a toast that opens its todo", async () => {
    const user = await fire(fired(MILK, "2026-11-30T10:00:00Z"));
    expect(await screen.findByText("Reminder: Buy milk")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Open" }));
    // The todo that is asked for is taken out of the address as soon as it is open.
    await waitFor(() => expect(location.search).toBe(""));
  });

  it("is one toast where it is much", async () => {
    const user = await fire(fired(MILK, "2026-11-30T10:00:00Z"), fired(BEN, "2026-11-30T10:00:00Z"));
    await user.click(await screen.findByRole("button", { name: "Show" }));
    expect(screen.queryByText("2 reminders")).toBeNull();
    expect(push).toHaveBeenCalledWith("/notifications");
  });
});

describe("the address of a todo", () => {
  it("says so when it is gone", async () => {
    history.replaceState(null, "", "/?todo=nothing");
    answerWith({ "GET *": { json: [] } });
    renderWith(<Notifier />, [MILK]);
    expect(await screen.findByText("This todo has been deleted.")).toBeTruthy();
  });

  it("leads to the view that it is in", async () => {
    history.replaceState(null, "", `/?todo=${BEN.id}`);
    answerWith({ "GET *": { json: [] } });
    renderWith(<Notifier />, [BEN]);
    await waitFor(() => expect(location.search).toBe("?view=completed"));
  });
});
