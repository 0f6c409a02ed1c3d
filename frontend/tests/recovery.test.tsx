import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { ForgotPasswordForm } from "@/components/account/ForgotPasswordForm";
import { ResetPasswordForm } from "@/components/account/ResetPasswordForm";
import { VerifyEmail } from "@/components/account/VerifyEmail";
import { answerWith, problem, renderWith } from "./support";

afterEach(() => history.replaceState(null, "", "/"));

function open(hash: string): void {
  history.replaceState(null, "", `/${hash}`);
}

describe("a forgotten password", () => {
  it("says the same whether there is an account or not", async () => {
    const calls = answerWith({
      "POST /api/auth/forgot-password": { status: 202, text: "", headers: { "content-length": "0" } },
    });
    renderWith(<ForgotPasswordForm />);
    await userEvent.type(screen.getByLabelText("Email"), "mia@example.org");
    await userEvent.click(screen.getByRole("button", { name: "Send the link" }));

    expect(await screen.findByText(/If there is an account with this address/)).toBeTruthy();
    expect(calls[0]?.body).toEqual({ email: "mia@example.org" });
  });

  it("says how long to wait", async () => {
    answerWith({
      "POST /api/auth/forgot-password": { ...problem(429, "too_many_mails"), headers: { "retry-after": "30" } },
    });
    renderWith(<ForgotPasswordForm />);
    await userEvent.type(screen.getByLabelText("Email"), "mia@example.org");
    await userEvent.click(screen.getByRole("button", { name: "Send the link" }));

    expect(await screen.findByText("Too many requests. Try again in 30 s.")).toBeTruthy();
  });
});

describe("a new password", () => {
  async function set(): Promise<void> {
    await userEvent.type(screen.getByLabelText("New password"), "a long and private sentence");
    await userEvent.click(screen.getByRole("button", { name: "Set the password" }));
  }

  it("is set with the token of the link, which leaves the address", async () => {
    open("#token=secret");
    const calls = answerWith({ "POST /api/auth/reset-password": { status: 204 } });
    renderWith(<ResetPasswordForm />);
    await set();

    expect(await screen.findByText("Your password is set")).toBeTruthy();
    expect(calls[0]?.body).toEqual({ token: "secret", new_password: "a long and private sentence" });
    expect(location.hash).toBe("");
  });

  it("cannot be set with a link that is dead, or without one", async () => {
    open("#token=used");
    answerWith({ "POST /api/auth/reset-password": problem(400, "invalid_token") });
    renderWith(<ResetPasswordForm />);
    await set();
    expect(await screen.findByText("This link is dead")).toBeTruthy();
    cleanup();

    open("");
    renderWith(<ResetPasswordForm />);
    expect(await screen.findByText("This link is dead")).toBeTruthy();
  });

  it("has to be a good one", async () => {
    open("#token=secret");
    const errors = [{ pointer: "/new_password", detail: "is one of the most common passwords" }];
    answerWith({ "POST /api/auth/reset-password": problem(422, "invalid_request", { errors }) });
    renderWith(<ResetPasswordForm />);
    await set();

    expect(await screen.findByText("is one of the most common passwords")).toBeTruthy();
  });
});

describe("verifying an address", () => {
  it("happens at once", async () => {
    open("#token=secret");
    const calls = answerWith({ "POST /api/auth/verify-email": { status: 204 } });
    renderWith(<VerifyEmail />);

    expect(await screen.findByText("Verified")).toBeTruthy();
    expect(calls.map(({ body }) => body)).toEqual([{ token: "secret" }]);
  });

  it("tells a dead link from a server that is away", async () => {
    open("#token=used");
    answerWith({ "POST /api/auth/verify-email": problem(400, "invalid_token") });
    renderWith(<VerifyEmail />);
    expect(await screen.findByText("This link is dead")).toBeTruthy();
    cleanup();

    open("#token=secret");
    answerWith({ "POST /api/auth/verify-email": problem(503, "unavailable") });
    renderWith(<VerifyEmail />);
    expect(await screen.findByText("It could not be verified")).toBeTruthy();
    answerWith({ "POST /api/auth/verify-email": { status: 204 } });
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Verified")).toBeTruthy();
  });
});
