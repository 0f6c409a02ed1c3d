import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { AdminPage } from "@/components/admin/AdminPage";
import type { Account } from "@/lib/api/generated/types.gen";
import { answerWith, type Call, problem, renderWith, USER, Yes } from "./support";

const BEN: Account = {
  id: "0193a000-0000-7000-8000-00000000000b",
  email: "ben@example.org",
  display_name: "Ben",
  created_at: "2026-01-01T00:00:00.000000Z",
  last_used_at: null,
  email_verified: false,
  administrator: false,
  disabled: false,
};
const OWN: Account = { ...BEN, id: USER.id, email: USER.email, administrator: true, email_verified: true };
const PATH = `/api/admin/users/${BEN.id}`;

async function open(routes: Parameters<typeof answerWith>[0] = {}, administrator = true): Promise<Call[]> {
  const calls = answerWith({
    "GET /api/auth/security": { json: { administrator, password: true, totp: false, passkeys: 0 } },
    "GET /api/admin/users": { json: [BEN, OWN] },
    "GET /api/admin/invitations": { json: [] },
    "GET /api/auth/registration": { json: { registration: "invite", verify_email: "optional" } },
    ...routes,
  });
  renderWith(
    <>
      <AdminPage />
      <Yes />
    </>,
  );
  return calls;
}

async function press(name: string): Promise<void> {
  await userEvent.click(await screen.findByRole("button", { name }));
}

describe("the administration", () => {
  it("is for administrators", async () => {
    const calls = await open({}, false);
    expect(await screen.findByText("For administrators")).toBeTruthy();
    expect(calls.some(({ path }) => path.startsWith("/api/admin"))).toBe(false);
  });

  it("shows accounts, page by page, and finds some", async () => {
    const more = { ...BEN, id: "c", email: "cleo@example.org" };
    const calls = await open({
      "GET /api/admin/users": ({ path }) =>
        path.includes("cursor=next") ? { json: [more] } : { json: [BEN, OWN], headers: { "x-next-cursor": "next" } },
    });
    expect(await screen.findByText("Not verified")).toBeTruthy();
    expect(screen.getByText("You")).toBeTruthy();
    expect(screen.getAllByText("Manage")).toHaveLength(1);
    await press("Show more");
    expect(await screen.findByText("cleo@example.org")).toBeTruthy();
    await userEvent.type(screen.getByLabelText("Search accounts"), "ben{Enter}");
    await screen.findByText("ben@example.org");
    expect(calls.at(-1)?.path).toContain("q=ben");
  });

  it("asks before it disables, promotes or deletes, and says what came of it", async () => {
    const calls = await open({
      [`POST ${PATH}/disable`]: { status: 204 },
      [`POST ${PATH}/promote`]: problem(409, "conflict", { detail: "That cannot be." }),
      [`DELETE ${PATH}`]: { status: 204 },
    });
    await press("Disable");
    await press("Yes");
    expect(await screen.findByText("Done: ben@example.org")).toBeTruthy();
    await press("Make administrator");
    await press("Yes");
    expect(await screen.findByText("That cannot be.")).toBeTruthy();
    await press("Delete");
    await press("Yes");
    expect(await screen.findByText("Deleted: ben@example.org")).toBeTruthy();
    expect(calls.filter(({ method }) => method !== "GET").map(({ method }) => method)).toEqual([
      "POST",
      "POST",
      "DELETE",
    ]);
  });

  it("hands over a link that sets a password", async () => {
    const link = "https://todo.example/reset-password#token=x";
    await open({ [`POST ${PATH}/reset-link`]: { json: { link } } });
    await press("Link to set the password");
    expect(await screen.findByText(link)).toBeTruthy();
  });

  it("invites, and shows the link once", async () => {
    const invitation = { id: "i", email: null, created_at: BEN.created_at, expires_at: "2026-12-01T00:00:00Z" };
    const calls = await open({
      "GET /api/admin/invitations": { json: [invitation] },
      "POST /api/admin/invitations": { status: 201, json: { ...invitation, link: "https://todo.example/register#x" } },
      "DELETE /api/admin/invitations/i": { status: 204 },
    });
    expect(await screen.findByText("Accounts are made with an invitation only.")).toBeTruthy();
    await press("Invite");
    expect(await screen.findByText("https://todo.example/register#x")).toBeTruthy();
    expect(calls.find(({ method }) => method === "POST")?.body).toEqual({ days: 7 });
    await userEvent.click(
      within(screen.getByRole("region", { name: "Invitations" })).getByRole("button", { name: /^Withdraw/ }),
    );
    expect(await screen.findByText("Invitation withdrawn")).toBeTruthy();
  });
});
