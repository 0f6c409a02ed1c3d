import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { ApiTokensSection } from "@/components/security/ApiTokensSection";
import type { NewApiToken } from "@/lib/api/generated/types.gen";
import type { ApiToken } from "@/lib/api/types";
import { answerWith, problem, renderWith } from "./support";

const TOKEN: ApiToken = {
  id: "0193a000-0000-7000-8000-000000000009",
  name: "Backup",
  scopes: ["todos:read", "stats:read"],
  created_at: "2026-01-01T00:00:00.000000Z",
  expires_at: null,
  last_used_at: null,
};

async function fillIn(user: ReturnType<typeof userEvent.setup>): Promise<void> {
  await user.type(screen.getByLabelText("Name of a new token"), "Backup");
  await user.click(screen.getByLabelText("Read statistics"));
  await user.click(screen.getByRole("button", { name: "Create token" }));
}

describe("API tokens", () => {
  it("shows what each may do and when it was used", async () => {
    const used = {
      ...TOKEN,
      id: "2",
      name: "Old",
      expires_at: "2026-02-01T00:00:00Z",
      last_used_at: "2026-01-02T00:00:00Z",
    };
    answerWith({ "GET /api/tokens": { json: [TOKEN, used] } });
    renderWith(<ApiTokensSection />);

    const [first, second] = await screen.findAllByRole("listitem");
    expect(first?.textContent).toContain("todos:read, stats:read · does not expire · never used");
    expect(second?.textContent).toMatch(/expire[ds] Feb 1, 2026.* · last used/);
  });

  it("creates one and shows it until it is put away", async () => {
    const user = userEvent.setup();
    const calls = answerWith({
      "GET /api/tokens": { json: [] },
      "POST /api/tokens": { status: 201, json: { ...TOKEN, token: "tdb_once" } },
    });
    renderWith(<ApiTokensSection />);
    await fillIn(user);

    expect(await screen.findByText("tdb_once")).toBeTruthy();
    const body = calls.find(({ method }) => method === "POST")?.body as NewApiToken;
    expect(body).toMatchObject({ name: "Backup", scopes: ["todos:read", "stats:read"] });
    expect(Date.parse(body.expires_at ?? "") - Date.now()).toBeGreaterThan(89 * 86_400_000);
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(screen.queryByText("tdb_once")).toBeNull();
  });

  it("says which limit is reached", async () => {
    const detail = "The account's quota of 50 API tokens is reached: delete one to go on.";
    answerWith({ "GET /api/tokens": { json: [] }, "POST /api/tokens": problem(403, "quota_exceeded", { detail }) });
    renderWith(<ApiTokensSection />);
    await fillIn(userEvent.setup());

    expect((await screen.findByRole("alert")).textContent).toContain("quota of 50");
  });

  it("needs one scope at least", async () => {
    const errors = [{ pointer: "/scopes", detail: "List should have at least 1 item" }];
    answerWith({ "GET /api/tokens": { json: [] }, "POST /api/tokens": problem(422, "invalid_request", { errors }) });
    renderWith(<ApiTokensSection />);
    await fillIn(userEvent.setup());

    expect(await screen.findByText("Tick at least one.")).toBeTruthy();
  });
});
