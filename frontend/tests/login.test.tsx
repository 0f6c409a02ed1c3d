import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LoginForm } from "@/components/account/LoginForm";
import { answerWith, problem, renderWith } from "./support";

vi.mock("next/navigation", () => ({ useRouter: () => ({ replace: () => undefined }) }));

const WAITING = { status: 202, json: { mfa_token: "secret", methods: ["totp"], expires_in: 300 } };
const NO_PROVIDERS = { "GET /api/auth/providers": { json: [] } };

afterEach(() => history.replaceState(null, "", "/"));

async function giveCode(code: string): Promise<void> {
  await userEvent.type(await screen.findByLabelText("Code"), code);
  await userEvent.click(screen.getByRole("button", { name: "Log in" }));
}

describe("a log-in", () => {
  it("goes on with a code where a second factor is on", async () => {
    const calls = answerWith({
      ...NO_PROVIDERS,
      "POST /api/auth/login": WAITING,
      "POST /api/auth/login/mfa": problem(401, "invalid_code"),
    });
    renderWith(<LoginForm />);
    await userEvent.type(screen.getByLabelText("Email"), "mia@example.org");
    await userEvent.type(screen.getByLabelText("Password"), "a long and private sentence");
    await userEvent.click(screen.getByRole("button", { name: "Log in" }));
    await giveCode("123456");
    expect(await screen.findByRole("alert")).toBeTruthy();
    const sent = calls.find((call) => call.path === "/api/auth/login/mfa");
    expect(sent?.body).toEqual({ mfa_token: "secret", code: "123456", refresh: "cookie" });
  });

  it("begins again when the second step took too long", async () => {
    history.replaceState(null, "", "/#mfa_token=old&next=%2F");
    answerWith({ ...NO_PROVIDERS, "POST /api/auth/login/mfa": problem(401, "invalid_mfa_token") });
    renderWith(<LoginForm />);
    await giveCode("123456");
    expect(await screen.findByText("This log-in is over")).toBeTruthy();
    expect(location.hash).toBe("");
    await userEvent.click(screen.getByRole("button"));
    expect(await screen.findByLabelText("Password")).toBeTruthy();
  });

  it("offers the providers, and says why one did not let in", async () => {
    history.replaceState(null, "", "/#error=account_unverified");
    answerWith({ "GET /api/auth/providers": { json: [{ id: "company", name: "Company" }] } });
    renderWith(<LoginForm />);
    const button = await screen.findByRole("link", { name: "Log in with Company" });
    expect(button.getAttribute("href")).toBe("/api/auth/providers/company/start");
    expect(screen.getByText(/has not verified it/)).toBeTruthy();
  });
});
