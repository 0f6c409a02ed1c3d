import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { RegisterForm } from "@/components/account/RegisterForm";
import { answerWith, type Call, problem, renderWith } from "./support";

vi.mock("next/navigation", () => ({ useRouter: () => ({ replace: () => undefined }) }));

const mode = (registration: string) => ({ "GET /api/auth/registration": { json: { registration } } });

function open(routes: Parameters<typeof answerWith>[0], hash = ""): Call[] {
  history.replaceState(null, "", `/${hash}`);
  const calls = answerWith(routes);
  renderWith(<RegisterForm />);
  return calls;
}

async function register(): Promise<void> {
  await userEvent.type(await screen.findByLabelText("Email"), "mia@example.org");
  await userEvent.type(screen.getByLabelText("Password"), "a long and private sentence");
  await userEvent.click(screen.getByRole("button", { name: "Create account" }));
}

describe("signing up", () => {
  it("can be closed", async () => {
    open(mode("closed"));
    expect(await screen.findByText("No new accounts")).toBeTruthy();
  });

  it("is by invitation where there is none", async () => {
    open(mode("invite"));
    expect(await screen.findByText("By invitation")).toBeTruthy();
  });

  it("takes the invitation of the link, which leaves the address", async () => {
    const calls = open(
      { ...mode("invite"), "POST /api/auth/register": problem(400, "invalid_invitation") },
      "#invitation=secret",
    );
    expect(await screen.findByText(/You are invited/)).toBeTruthy();
    expect(location.hash).toBe("");
    await register();
    expect(await screen.findByText(/for another address, or has expired/)).toBeTruthy();
    expect(calls.find(({ method }) => method === "POST")?.body).toMatchObject({ invitation: "secret" });
  });

  it("goes on in the mailbox where addresses have to be verified", async () => {
    const empty = { status: 202, text: "", headers: { "content-length": "0" } };
    const calls = open({ ...mode("open"), "POST /api/auth/register": empty });
    await register();
    expect(await screen.findByText("Look into your mail")).toBeTruthy();
    expect(calls.some(({ path }) => path === "/api/auth/login")).toBe(false);
  });

  it("says when the address is taken", async () => {
    open({ ...mode("open"), "POST /api/auth/register": problem(409, "email_taken") });
    await register();
    expect(await screen.findByText("There is already an account with this email.")).toBeTruthy();
  });
});
