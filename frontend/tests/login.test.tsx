import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LoginForm } from "@/components/account/LoginForm";
import { answerWith, problem, renderWith, USER } from "./support";

const ROUTER = { replace: vi.fn() };
vi.mock("next/navigation", () => ({ useRouter: () => ROUTER }));

const WAITING = { status: 202, json: { mfa_token: "secret", methods: ["totp"], expires_in: 300 } };
const NO_PROVIDERS = { "GET /api/auth/providers": { json: [] } };

const TOKENS = { access_token: "x", token_type: "Bearer", expires_in: 300, user: USER };

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
      "POST /api/auth/login/mfa": problem(401, "invalid_code", { detail: "The code is wrong." }),
    });
    renderWith(<LoginForm />);
    await userEvent.type(screen.getByLabelText("Email"), "mia@example.org");
    await userEvent.type(screen.getByLabelText("Password"), "a long and private sentence");
    await userEvent.click(screen.getByRole("button", { name: "Log in" }));
    await giveCode("123456");
    expect(await screen.findByText("The code is wrong.")).toBeTruthy();
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
    expect(button.getAttribute("href")).toBe("/api/auth/providers/company/start?next=%2F");
    expect(screen.getByText(/has not verified it/)).toBeTruthy();
  });

  it("goes on where it was asked for, also after a code, and never to another site", async () => {
    const routes = { ...NO_PROVIDERS, "POST /api/auth/login/mfa": { json: TOKENS } };
    const ways: [string, string][] = [
      ["/settings/security?x=1#y", "/settings/security?x=1#y"],
      ["//evil.example", "/"],
      ["/\\evil.example", "/"],
      ["/a/..//evil.example", "/"],
      ["/\t/evil.example", "/"],
      ["https://evil.example", "/"],
      ["javascript:alert(1)", "/"],
    ];
    for (const [next, expected] of ways) {
      history.replaceState(null, "", `/#${new URLSearchParams({ mfa_token: "secret", next })}`);
      answerWith(routes);
      renderWith(<LoginForm />);
      await giveCode("123456");
      await waitFor(() => expect(ROUTER.replace).toHaveBeenCalledWith(expected));
      ROUTER.replace.mockClear();
      cleanup();
    }
  });
});

describe("a passkey", () => {
  const CREDENTIAL = { id: "known" };
  const OPTIONS = { "POST /api/auth/passkeys/login/options": { json: { challenge: "AQ" } } };

  /** Of a browser that shows no passkeys where it fills in the address. */
  function browserThat(get: () => Promise<unknown>): void {
    const parse = (options: unknown) => options;
    vi.stubGlobal(
      "PublicKeyCredential",
      Object.assign(() => undefined, { parseRequestOptionsFromJSON: parse }),
    );
    Object.defineProperty(navigator, "credentials", { value: { get }, configurable: true });
  }

  afterEach(() => void Reflect.deleteProperty(navigator, "credentials"));

  it("logs in without anything else", async () => {
    browserThat(async () => ({ toJSON: () => CREDENTIAL }));
    const calls = answerWith({ ...NO_PROVIDERS, ...OPTIONS, "POST /api/auth/passkeys/login": { json: TOKENS } });
    renderWith(<LoginForm />);
    await userEvent.click(screen.getByRole("button", { name: "Use a passkey" }));
    await waitFor(() => expect(ROUTER.replace).toHaveBeenCalledWith("/"));
    const sent = calls.find(({ path }) => path === "/api/auth/passkeys/login");
    expect(sent?.body).toEqual({ credential: CREDENTIAL, refresh: "cookie" });
  });

  it("says why it did not", async () => {
    const detail = "This passkey does not open an account here.";
    browserThat(async () => ({ toJSON: () => CREDENTIAL }));
    const refused = problem(401, "invalid_passkey", { detail });
    answerWith({ ...NO_PROVIDERS, ...OPTIONS, "POST /api/auth/passkeys/login": refused });
    renderWith(<LoginForm />);
    await userEvent.click(screen.getByRole("button", { name: "Use a passkey" }));
    expect(await screen.findByText(detail)).toBeTruthy();

    browserThat(() => Promise.reject(new DOMException("", "NotAllowedError")));
    await userEvent.click(screen.getByRole("button", { name: "Use a passkey" }));
    expect(await screen.findByText(/was cancelled, or took too long/)).toBeTruthy();
  });
});
