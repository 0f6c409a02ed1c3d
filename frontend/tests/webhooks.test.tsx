import { readdirSync } from "node:fs";
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import ConfirmDialog from "@/components/ConfirmDialog";
import { WebhooksPage } from "@/components/webhooks/WebhooksPage";
import type { Attempt, Webhook } from "@/lib/api/generated/types.gen";
import { useApp } from "@/lib/app";
import { useStore } from "@/lib/store";
import { standingOf } from "@/lib/webhooks/standing";
import { EVENT_TYPES, typeOf } from "@/lib/webhooks/types";
import { answerWith, type Call, problem, project, renderWith } from "./support";

const WEBHOOK: Webhook = {
  id: "0193a000-0000-7000-8000-0000000000aa",
  url: "https://example.com/hooks/todos",
  types: ["todo.completed.v1"],
  project_id: null,
  enabled: true,
  disabled_reason: null,
  position: 17,
  failures: 0,
  failing_since: null,
  next_attempt_at: null,
  created_at: "2026-11-01T00:00:00.000000Z",
  updated_at: "2026-11-01T00:00:00.000000Z",
};
const PATH = `/api/webhooks/${WEBHOOK.id}`;
const ATTEMPT: Attempt = {
  attempt: 2,
  event_id: "0193a000-0000-7000-8000-0000000000ab",
  type: "todo.completed.v1",
  sequence: 17,
  attempted_at: new Date(Date.now() - 120_000).toISOString(),
  duration_ms: 120,
  status: 503,
  response: "down for maintenance",
  error: "",
};

HTMLDialogElement.prototype.showModal = vi.fn(function (this: HTMLDialogElement) {
  this.open = true;
});
HTMLDialogElement.prototype.close = vi.fn(function (this: HTMLDialogElement) {
  this.dispatchEvent(new Event("close"));
});

function Questions() {
  const question = useStore(useApp().questions);
  return question && <ConfirmDialog question={question} />;
}

function show(list: Webhook[], more: Parameters<typeof answerWith>[0] = {}) {
  const calls = answerWith({ "GET /api/webhooks": () => ({ json: list }), ...more });
  const household = project({ name: "Household" });
  renderWith(
    <>
      <WebhooksPage />
      <Questions />
    </>,
    [],
    [household],
  );
  return { calls, household, user: userEvent.setup() };
}

const sent = (calls: Call[], method: string) => calls.find((call) => call.method === method)?.body;

describe("webhooks", () => {
  it("offer every type of event that there is", () => {
    const offered = Object.entries(EVENT_TYPES).flatMap(([subject, verbs]) =>
      verbs.map((verb) => typeOf(subject, verb)),
    );
    const known = readdirSync("../contracts/events").flatMap(
      (name) => name.match(/^((?:todo|project|filter)\..*)\.schema/)?.[1] ?? [],
    );
    expect(offered.sort()).toEqual(known.sort());
  });

  it("say how they stand", () => {
    const of = (fields: Partial<Webhook>) => standingOf({ ...WEBHOOK, ...fields }).text;
    const inAnHour = new Date(Date.now() + 3_630_000).toISOString();
    expect(of({})).toBe("On");
    expect(of({ enabled: false, disabled_reason: "user" })).toBe("Off");
    expect(of({ enabled: false, disabled_reason: "gone" })).toMatch(/gone for good/);
    expect(of({ enabled: false, disabled_reason: "failing" })).toMatch(/three days/);
    expect(of({ failures: 1, next_attempt_at: new Date().toISOString() })).toBe(
      "Failed once, next try within a minute",
    );
    expect(of({ failures: 7, next_attempt_at: inAnHour })).toBe("Failed 7 times, next try in 1 hour");
  });

  it("are made, with the secret shown once", async () => {
    const list: Webhook[] = [];
    const { calls, household, user } = show(list, {
      "POST /api/webhooks": () => {
        list.push(WEBHOOK);
        return { status: 201, json: { ...WEBHOOK, secret: "whsec_once" } };
      },
    });
    expect(await screen.findByText("No webhooks yet")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "New webhook" }));
    await user.type(screen.getByLabelText("Address"), WEBHOOK.url);
    await user.selectOptions(screen.getByLabelText("About"), "Only some changes");
    await user.click(screen.getByLabelText("completed"));
    await user.click(screen.getByRole("button", { name: "Create webhook" }));
    expect(await screen.findByText("Tick at least one.")).toBeTruthy();
    await user.click(screen.getByLabelText("completed"));
    await user.click(screen.getByLabelText("reopened"));
    await user.selectOptions(screen.getByLabelText("In"), "Household");
    await user.click(screen.getByRole("button", { name: "Create webhook" }));
    expect(await screen.findByText("whsec_once")).toBeTruthy();
    const types = ["todo.completed.v1", "todo.reopened.v1"];
    expect(sent(calls, "POST")).toEqual({ url: WEBHOOK.url, types, project_id: household.id });
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(screen.queryByText("whsec_once")).toBeNull();
  });

  it("are edited in place", async () => {
    const { calls, household, user } = show([WEBHOOK], {
      [`PATCH ${PATH}`]: ({ body }) => ({ json: { ...WEBHOOK, ...(body as Webhook) } }),
    });
    await user.click(await screen.findByRole("button", { name: "Edit" }));
    expect(screen.getByLabelText("completed")).toHaveProperty("checked", true);
    await user.type(screen.getByLabelText("Address"), "/new");
    await user.selectOptions(screen.getByLabelText("About"), "Every change");
    await user.selectOptions(screen.getByLabelText("In"), "Household");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Every change in Household")).toBeTruthy();
    expect(sent(calls, "PATCH")).toEqual({ url: `${WEBHOOK.url}/new`, types: [], project_id: household.id });
  });

  it("are refused where the address is inside", async () => {
    const errors = [{ pointer: "/url", detail: "the host is inside" }];
    const { user } = show([], { "POST /api/webhooks": problem(422, "invalid_request", { errors }) });
    await user.click(await screen.findByRole("button", { name: "New webhook" }));
    await user.type(screen.getByLabelText("Address"), "http://10.0.0.1/");
    await user.click(screen.getByRole("button", { name: "Create webhook" }));
    expect(await screen.findByText("the host is inside")).toBeTruthy();
  });

  it.each([
    [{ status: 204, response: "", error: "", delivered: true }, "204 after 87 ms."],
    [{ status: null, response: "", error: "it took more than 10 s", delivered: false }, /^No answer .* more than 10 s/],
  ])("are tried out", async (result, said) => {
    const { user } = show([WEBHOOK], { [`POST ${PATH}/test`]: { json: { ...result, duration_ms: 87 } } });
    await user.click(await screen.findByRole("button", { name: "Send a test" }));
    expect(await screen.findByText(said)).toBeTruthy();
  });

  it("list what was delivered, from which it can be delivered again", async () => {
    const { calls, user } = show([WEBHOOK], {
      [`GET ${PATH}/deliveries`]: {
        json: [ATTEMPT, { ...ATTEMPT, attempt: 1, type: "webhook.test.v1", sequence: null }],
      },
      [`POST ${PATH}/replay`]: { json: WEBHOOK },
    });
    await user.click(await screen.findByText("Deliveries"));
    const [first, test] = await screen.findAllByRole("listitem");
    expect(first?.textContent).toMatch(/503.*todo completed · change 17.*2 minutes ago · 120 ms.*down for maintenance/);
    expect(within(test as HTMLElement).queryByRole("button")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Replay from change 17" }));
    expect(screen.getByLabelText("From change number")).toHaveProperty("value", "17");
    await user.click(screen.getByRole("button", { name: "Deliver again" }));
    expect(await screen.findByText("Delivering again")).toBeTruthy();
    expect(sent(calls, "POST")).toEqual({ from_sequence: 17 });
  });

  it("are turned off, get a new secret, and are deleted, the last two when asked", async () => {
    const { calls, user } = show([WEBHOOK], {
      [`PATCH ${PATH}`]: { json: { ...WEBHOOK, enabled: false } },
      [`POST ${PATH}/rotate-secret`]: { json: { ...WEBHOOK, secret: "whsec_new" } },
      [`DELETE ${PATH}`]: { status: 204 },
    });
    await user.click(await screen.findByRole("button", { name: "Turn off" }));
    expect(await screen.findByText("Webhook turned off")).toBeTruthy();
    expect(sent(calls, "PATCH")).toEqual({ enabled: false });
    await user.click(screen.getByRole("button", { name: "New secret…" }));
    await user.click(screen.getByRole("button", { name: "New secret" }));
    expect(await screen.findByText("whsec_new")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Delete…" }));
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(sent(calls, "DELETE")).toBeUndefined();
    await user.click(screen.getByRole("button", { name: "Delete…" }));
    await user.click(screen.getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(calls.some(({ method }) => method === "DELETE")).toBe(true));
  });
});
