import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { Sidebar } from "@/components/shell/Sidebar";
import { TodosPage } from "@/components/todos/TodosPage";
import type { Filter } from "@/lib/api/generated/types.gen";
import { setSearch } from "@/lib/location";
import { addressOf, queryOf } from "@/lib/todos/filters";
import { parseView } from "@/lib/todos/views";
import { answerWith, problem, renderWith, todo } from "./support";

function filter(name: string, query: Filter["query"]): Filter {
  const at = "2026-01-01T00:00:00.000000Z";
  return { id: `id-${name}`, name, query, position: name, version: 1, created_at: at, updated_at: at };
}

function show(saved: Filter[], more: Parameters<typeof answerWith>[0] = {}) {
  const kept = { current: saved };
  const renamed = { json: { ...saved[0], name: "abc" } };
  const calls = answerWith({
    "GET /api/stats": { status: 503 },
    "GET /api/filters": () => ({ json: kept.current }),
    "POST /api/filters": ({ body }) => {
      kept.current = [...kept.current, { ...filter("", {}), ...(body as Filter) }];
      return { json: kept.current.at(-1) };
    },
    "PATCH /api/filters/id-a": renamed,
    "DELETE /api/filters/id-a": { status: 204 },
    "POST /api/filters/id-a/move": { json: { ...filter("a", {}), position: "c" } },
    "POST *": { json: { changes: [], sequence: 1 } },
    ...more,
  });
  renderWith(
    <>
      <Sidebar />
      <TodosPage />
    </>,
    [todo({ title: "Buy milk", tags: ["home"], priority: "high" })],
  );
  const written = () => calls.filter(({ method }) => method !== "GET");
  const links = async () => within(await screen.findByRole("region", { name: "Filters" }));
  return { written, links };
}

describe("what a filter saves", () => {
  it.each(["q=milk", "tag=home&tag=work", "view=today&priority=urgent", "project=inbox&q=a", "view=trash&q=x"])(
    "is the view of ?%s, as the API lists it",
    (search) => {
      const view = parseView(search);
      expect(parseView(addressOf({ query: queryOf(view) }) ?? "")).toEqual(view);
    },
  );

  it.each([{ due: "none" }, { tag: ["none"] }, { priority: ["low", "high"] }, { status_filter: "overdue" }])(
    "may be more than a view can show: %j",
    (query) => expect(addressOf({ query })).toBeNull(),
  );

  it("may say what a view need not know", () => {
    expect(addressOf({ query: { sort: "due_at", q: null, priority: ["low"] } })).toBe("priority=low");
  });
});

describe("saved filters", () => {
  it("are made of what the list is filtered by, and opened in the sidebar", async () => {
    const { written, links } = show([]);
    const user = userEvent.setup();
    setSearch("tag=home&q=milk");
    await user.click(await screen.findByRole("button", { name: "Save as a filter" }));
    const name = await screen.findByLabelText("Name");
    expect(name).toHaveProperty("value", "milk #home");
    await user.clear(name);
    await user.type(name, "Milk{Enter}");
    expect(await screen.findByText("“Milk” is saved as a filter")).toBeTruthy();
    expect(written()[0]?.body).toMatchObject({ name: "Milk", query: { q: "milk", tag: ["home"] } });
    const link = (await links()).getByRole("link", { name: "Milk" });
    expect(link.getAttribute("href")).toBe("/?tag=home&q=milk");
  });

  it("are renamed and deleted, each with a way back", async () => {
    const { written } = show([filter("a", { tag: ["home"], status_filter: "active" })]);
    const user = userEvent.setup();
    setSearch("tag=home");
    await user.click(await screen.findByRole("button", { name: "Edit filter: a" }));
    await user.type(await screen.findByLabelText("Name"), "bc{Enter}");
    expect(await screen.findByText("“a” is now “abc”")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await screen.findByText("Undone: “a” is now “abc”");
    await user.click(await screen.findByRole("button", { name: /^Edit filter: a/ }));
    await user.click(await screen.findByRole("button", { name: "Delete the filter" }));
    expect(await screen.findByText(/is no longer a filter/)).toBeTruthy();
    await waitFor(() => expect(written()).toHaveLength(3));
    const [change, undo, deletion] = written();
    expect([change?.method, change?.path]).toEqual(["PATCH", "/api/filters/id-a"]);
    expect(undo?.path).toBe(`/api/commands/${change?.headers.get("idempotency-key")}/undo`);
    expect([deletion?.method, deletion?.path]).toEqual(["DELETE", "/api/filters/id-a"]);
  });

  it("are ordered by Alt and arrows", async () => {
    const { written, links } = show([filter("a", { q: "a" }), filter("b", { q: "b" })]);
    const link = (await links()).getByRole("link", { name: "a" });
    fireEvent.keyDown(link, { key: "ArrowUp", altKey: true });
    fireEvent.keyDown(link, { key: "ArrowDown", altKey: true });
    await waitFor(() => expect(written()).toHaveLength(1));
    expect(written()[0]).toMatchObject({ path: "/api/filters/id-a/move", body: { after_id: "id-b" } });
    expect(await screen.findByText("“a” is now after “b”")).toBeTruthy();
  });

  it("are shown while they wait for the network", async () => {
    const { links } = show([filter("b", { q: "b" })], { "POST /api/filters": problem(503, "unavailable") });
    const user = userEvent.setup();
    setSearch("tag=home");
    await user.click(await screen.findByRole("button", { name: "Save as a filter" }));
    await user.type(await screen.findByLabelText("Name"), "{Enter}");
    await screen.findByText("“#home” is saved as a filter");
    const names = (await links()).getAllByRole("link").map(({ textContent }) => textContent);
    expect(names).toEqual(["b", "#home"]);
  });

  it("of other clients are listed also where the app has no list for them", async () => {
    const { links } = show([filter("Someday", { due: "none" })]);
    expect((await links()).getByText("Someday")).toBeTruthy();
    expect((await links()).queryByRole("link")).toBeNull();
  });
});
