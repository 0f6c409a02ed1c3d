import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SecurityPage } from "@/components/security/SecurityPage";
import type { Security } from "@/lib/api/generated/types.gen";
import { answerWith, type Call, problem, renderWith, Yes } from "./support";

const SECURITY: Security = {
  email_verified: true,
  administrator: false,
  password: true,
  totp: false,
  passkeys: 0,
  recovery_codes_left: 0,
};
const PASSKEY = {
  id: "0193a000-0000-7000-8000-00000000000a",
  name: "Phone",
  created_at: "2026-01-01T00:00:00.000000Z",
  last_used_at: null,
};
const ENROLMENT = { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/x", qr_svg: "<svg></svg>" };

type Routes = Parameters<typeof answerWith>[0];

/** The page on an account that has nothing yet, but for what a test says. */
async function open(routes: Routes = {}, security: Partial<Security> = {}): Promise<Call[]> {
  const calls = answerWith({
    "GET /api/auth/security": { json: { ...SECURITY, ...security } },
    "GET /api/auth/passkeys": { json: [] },
    "GET /api/auth/providers": { json: [] },
    "GET /api/auth/identities": { json: [] },
    "GET /api/auth/sessions": { json: [] },
    "GET /api/auth/activity": { json: [] },
    "GET /api/tokens": { json: [] },
    ...routes,
  });
  renderWith(
    <>
      <SecurityPage />
      <Yes />
    </>,
  );
  await screen.findByRole("heading", { name: "Password" });
  return calls;
}

function section(name: string) {
  return within(screen.getByRole("region", { name }));
}

/** A call that asks for a proof until `reauthenticate` was answered by 204. */
function afterProof(reply: Routes[string], proof: Routes[string] = { status: 204 }): [Routes[string], Routes[string]] {
  let fresh = false;
  return [
    (call) => {
      if (!fresh) return problem(403, "reauthentication_required");
      return typeof reply === "function" ? reply(call) : (reply ?? { status: 204 });
    },
    (call) => {
      const answer = typeof proof === "function" ? proof(call) : (proof ?? { status: 204 });
      fresh = (answer as { status?: number }).status === 204;
      return answer;
    },
  ];
}

describe("a call that needs a proof", () => {
  it("asks for the password, says when it is wrong, and goes on", async () => {
    const [enrol, reauthenticate] = afterProof({ status: 201, json: ENROLMENT }, ({ body }) =>
      (body as { password: string }).password === "right" ? { status: 204 } : problem(403, "wrong_password"),
    );
    const calls = await open({ "POST /api/auth/totp": enrol, "POST /api/auth/reauthenticate": reauthenticate });
    await userEvent.click(screen.getByRole("button", { name: "Set up" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Is it you?" }));
    await userEvent.type(await dialog.findByLabelText("Password"), "wrong");
    await userEvent.click(dialog.getByRole("button", { name: "Go on" }));
    expect(await dialog.findByText("This is not your password.")).toBeTruthy();
    await userEvent.clear(dialog.getByLabelText("Password"));
    await userEvent.type(dialog.getByLabelText("Password"), "right");
    await userEvent.click(dialog.getByRole("button", { name: "Go on" }));

    expect(await screen.findByText("JBSW Y3DP EHPK 3PXP")).toBeTruthy();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(calls.filter(({ path }) => path === "/api/auth/totp")).toHaveLength(2);
  });

  it("says how long to wait, and changes nothing when it is closed", async () => {
    const wait = { ...problem(429, "too_many_attempts"), headers: { "retry-after": "16" } };
    const [enrol, reauthenticate] = afterProof({ status: 201, json: ENROLMENT }, wait);
    const calls = await open({ "POST /api/auth/totp": enrol, "POST /api/auth/reauthenticate": reauthenticate });
    await userEvent.click(screen.getByRole("button", { name: "Set up" }));
    const dialog = within(await screen.findByRole("dialog"));
    await userEvent.type(await dialog.findByLabelText("Password"), "wrong");
    await userEvent.click(dialog.getByRole("button", { name: "Go on" }));
    expect(await dialog.findByText("Too many requests. Try again in 16 s.")).toBeTruthy();
    await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));

    expect(await screen.findByText(/Nothing was changed/)).toBeTruthy();
    expect(calls.filter(({ path }) => path === "/api/auth/totp")).toHaveLength(1);
  });

  it("takes a code where there is no password", async () => {
    const [enrol, reauthenticate] = afterProof({ status: 204 });
    const calls = await open(
      { "DELETE /api/auth/totp": enrol, "POST /api/auth/reauthenticate": reauthenticate },
      { password: false, totp: true, recovery_codes_left: 10 },
    );
    await userEvent.click(screen.getByRole("button", { name: "Turn off" }));
    await userEvent.click(await screen.findByRole("button", { name: "Yes" }));
    await userEvent.type(await screen.findByLabelText("Code"), "123456");
    await userEvent.click(screen.getByRole("button", { name: "Go on" }));

    expect(await screen.findByText("The authenticator is off")).toBeTruthy();
    expect(calls.find(({ path }) => path === "/api/auth/reauthenticate")?.body).toEqual({ code: "123456" });
  });

  it("leads to the provider where there is no other way", async () => {
    const [enrol] = afterProof({ status: 201, json: ENROLMENT });
    await open({ "POST /api/auth/totp": enrol }, { password: false });
    await userEvent.click(screen.getByRole("button", { name: "Set up" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(await dialog.findByText(/log in by your provider/)).toBeTruthy();
    expect(dialog.getByRole("button", { name: "Log out" })).toBeTruthy();
  });
});

describe("the authenticator", () => {
  it("is on once a code was right, and shows its recovery codes once", async () => {
    const user = userEvent.setup();
    await open({
      "POST /api/auth/totp": { status: 201, json: ENROLMENT },
      "POST /api/auth/totp/confirm": ({ body }) =>
        (body as { code: string }).code === "123456"
          ? { json: { recovery_codes: ["aaaa-bbbb", "cccc-dddd"] } }
          : problem(403, "wrong_code"),
    });
    await user.click(screen.getByRole("button", { name: "Set up" }));
    expect((await screen.findByRole("img", { name: /QR code/ })).getAttribute("src")).toContain("data:image/svg");
    await user.type(screen.getByLabelText("Code"), "000 000");
    await user.click(screen.getByRole("button", { name: "Turn on" }));
    expect(await screen.findByText(/set the clock/)).toBeTruthy();
    await user.clear(screen.getByLabelText("Code"));
    await user.type(screen.getByLabelText("Code"), "123 456");
    await user.click(screen.getByRole("button", { name: "Turn on" }));

    expect(await screen.findByText("cccc-dddd")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "I have kept them" }));
    expect(screen.queryByText("cccc-dddd")).toBeNull();
  });
});

describe("passkeys", () => {
  const OPTIONS = { challenge: "AQ" };
  const CREDENTIAL = { id: "made" };

  function browserThat(create: () => Promise<unknown>): void {
    vi.stubGlobal(
      "PublicKeyCredential",
      Object.assign(() => undefined, {
        parseCreationOptionsFromJSON: (options: unknown) => options,
        parseRequestOptionsFromJSON: (options: unknown) => options,
      }),
    );
    Object.defineProperty(navigator, "credentials", { value: { create }, configurable: true });
  }

  afterEach(() => void Reflect.deleteProperty(navigator, "credentials"));

  it("are made by the browser and get a name", async () => {
    browserThat(async () => ({ toJSON: () => CREDENTIAL }));
    const calls = await open({
      "POST /api/auth/passkeys/options": { json: OPTIONS },
      "POST /api/auth/passkeys": { status: 201, json: PASSKEY },
    });
    const name = section("Passkeys").getByLabelText("Name of a new passkey");
    await userEvent.clear(name);
    await userEvent.type(name, "Phone");
    await userEvent.click(screen.getByRole("button", { name: "Add a passkey" }));

    expect(await screen.findByText("Passkey added")).toBeTruthy();
    const sent = calls.find(({ method, path }) => method === "POST" && path === "/api/auth/passkeys");
    expect(sent?.body).toEqual({ credential: CREDENTIAL, name: "Phone" });
  });

  it("say why the browser made none", async () => {
    browserThat(() => Promise.reject(new DOMException("", "InvalidStateError")));
    await open({ "POST /api/auth/passkeys/options": { json: OPTIONS } });
    await userEvent.click(screen.getByRole("button", { name: "Add a passkey" }));
    expect(await screen.findByText("This device has a passkey of your account already.")).toBeTruthy();
  });

  it("are renamed and removed", async () => {
    const path = `/api/auth/passkeys/${PASSKEY.id}`;
    const calls = await open({
      "GET /api/auth/passkeys": { json: [PASSKEY] },
      [`PATCH ${path}`]: { json: PASSKEY },
      [`DELETE ${path}`]: problem(409, "last_way_in", { detail: "Without this nobody could log in." }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Rename passkey: Phone" }));
    await userEvent.clear(screen.getByLabelText("Name of the passkey"));
    await userEvent.type(screen.getByLabelText("Name of the passkey"), "Key ring{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Remove passkey: Phone" }));
    await userEvent.click(await screen.findByRole("button", { name: "Yes" }));

    expect(await screen.findByText("Without this nobody could log in.")).toBeTruthy();
    expect(calls.find(({ method }) => method === "PATCH")?.body).toEqual({ name: "Key ring" });
  });
});

describe("the rest of the page", () => {
  it("changes the address once the new one is verified", async () => {
    const calls = await open(
      { "POST /api/auth/email": { status: 202, text: "", headers: { "content-length": "0" } } },
      { email_verified: false },
    );
    await userEvent.type(screen.getByLabelText("New email"), "mia@example.com");
    await userEvent.type(section("Email").getByLabelText("Password"), "a long and private sentence");
    await userEvent.click(screen.getByRole("button", { name: "Change email" }));

    expect(await screen.findByText(/on its way to mia@example.com/)).toBeTruthy();
    expect(calls.find(({ path }) => path === "/api/auth/email")?.body).toEqual({
      new_email: "mia@example.com",
      password: "a long and private sentence",
    });
    expect(screen.getByRole("button", { name: "Send it again" })).toBeTruthy();
  });

  it("shows what happened, page by page", async () => {
    const entry = (id: number) => ({ id, at: "2026-01-01T00:00:00Z", event: "login", session_id: null, ip: "::1" });
    const page = Array.from({ length: 20 }, (_, index) => ({ ...entry(100 - index), detail: "" }));
    const first = { ...entry(1), event: "registered", detail: "" };
    const calls = await open({
      "GET /api/auth/activity": ({ path }) => ({ json: path.includes("before=81") ? [first] : page }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Show older" }));
    expect(await screen.findByText("Account created")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Show older" })).toBeNull();
    expect(calls.filter(({ path }) => path.startsWith("/api/auth/activity"))).toHaveLength(2);
  });

  it("shows the providers that open the account", async () => {
    const identity = {
      id: "i",
      provider: "company",
      issuer: "https://id.example.com",
      email: "mia@company.example",
      created_at: "2026-01-01T00:00:00Z",
      last_used_at: "2026-01-01T00:00:00Z",
    };
    await open({
      "GET /api/auth/providers": { json: [{ id: "company", name: "Company" }] },
      "GET /api/auth/identities": { json: [identity] },
      "DELETE /api/auth/identities/i": { status: 204 },
    });
    await userEvent.click(await screen.findByRole("button", { name: "Remove provider: Company" }));
    await userEvent.click(await screen.findByRole("button", { name: "Yes" }));
    expect(await screen.findByText("Provider removed")).toBeTruthy();
  });
});
