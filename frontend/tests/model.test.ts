import { describe, expect, it, vi } from "vitest";
import type { Change, Todo } from "@/lib/api/types";
import { browserName } from "@/lib/browser-name";
import { backoff } from "@/lib/live/stream";
import { setSearch } from "@/lib/location";
import { addDays, dayOf, relativeDay, weekStart } from "@/lib/time";
import { applyChanges, EMPTY, keepListed, upsert } from "@/lib/todos/collection";
import { nextLink } from "@/lib/todos/queries";
import { readLine } from "@/lib/todos/quick-add";
import { rowsOf } from "@/lib/todos/rows";
import { offered, withParts } from "@/lib/todos/rules";
import { isOverdue, parseView, sortTodos, viewQuery } from "@/lib/todos/views";
import { type Action, BLANK, standing, updateOf, type Write, withProjectWrites, withWrites } from "@/lib/todos/writes";
import { uuid7 } from "@/lib/uuid";
import { project, todo, USER } from "./support";

const TODAY = "2026-11-22";
const CLOCK = { now: Date.parse("2026-11-22T12:00:00Z"), today: TODAY };

describe("the collection", () => {
  const versions = Array.from({ length: 6 }, (_, index) => todo({ id: "a", title: `v${index}`, version: index + 1 }));
  const changes = versions.map(
    (each): Change => ({
      sequence: each.version,
      type: "todo.updated.v1",
      todo: each,
      changed: [],
      previous: {},
      occurred_at: "",
    }),
  );

  it("comes to the same whatever is shuffled, doubled or split", () => {
    for (let seed = 1; seed < 40; seed++) {
      const shuffled = [...changes, ...changes].sort(
        (a, b) => ((a.sequence * seed * 7919) % 101) - ((b.sequence * seed * 104729) % 97),
      );
      const cut = seed % shuffled.length;
      const result = applyChanges(applyChanges(EMPTY, shuffled.slice(0, cut)), shuffled.slice(cut));
      expect(result.todos.get("a")?.title).toBe("v5");
      expect(result.sequence).toBe(6);
    }
  });

  it("keeps what is purged away, also from a page that is late", () => {
    const purged = applyChanges(EMPTY, [
      ...changes,
      { ...(changes[5] as Change), sequence: 7, type: "todo.purged.v1" },
    ]);
    expect(purged.todos.size).toBe(0);
    expect(upsert(purged, versions).todos.size).toBe(0);
  });

  it("drops after a full listing what is no longer listed, but not what came later", () => {
    const old = todo({ version: 3 });
    const late = todo({ version: 9 });
    const trashed = todo({ version: 2, deleted_at: "2026-01-01T00:00:00Z" });
    const kept = keepListed(upsert(EMPTY, [old, late, trashed]), new Set(), 5);
    expect([...kept.todos.keys()]).toEqual([late.id, trashed.id]);
  });
});

describe("writes under way", () => {
  const write = (...actions: Action[]): Write => ({
    key: uuid7(),
    userId: USER.id,
    at: "2026-11-22T12:00:00.000Z",
    actions,
  });
  const all = (...todos: Todo[]) => new Map(todos.map((each) => [each.id, each]));

  it("lie over the server's state without touching it", () => {
    const shown = todo();
    const before = all(shown);
    const after = withWrites(before, [write({ op: "complete", id: shown.id }), write({ op: "delete", id: shown.id })]);
    expect(after.get(shown.id)).toMatchObject({ completed: true, deleted_at: "2026-11-22T12:00:00.000Z" });
    expect(before.get(shown.id)).toBe(shown);
  });

  it("put what is new on top, whatever the clock here says beside the server's", () => {
    const later = "2026-11-22T13:00:00.999999Z";
    const saved = todo({ title: "saved", created_at: later, updated_at: later });
    const create = (title: string) => write({ op: "create", id: uuid7(), fields: { ...BLANK, title } });
    const shown = withWrites(all(saved), [create("one"), create("two")]);
    for (const sort of ["-created_at", "-updated_at"]) {
      expect(sortTodos([...shown.values()], sort).map(({ title }) => title)).toEqual(["two", "one", "saved"]);
    }
  });

  it("of a project show on projects, and its deletion on its todos", () => {
    const home = project({ name: "Home" });
    const inside = todo({ project_id: home.id });
    const create: Action = { op: "create-project", id: "new", fields: { name: "New", color: "red", archived: false } };
    const rename: Action = { op: "update-project", id: home.id, fields: { name: "House" }, base: { name: "Home" } };
    const remove: Action = { op: "delete-project", id: home.id };
    const writes = [write(create), write(rename), write(remove)];
    const projects = withProjectWrites(new Map([[home.id, home]]), writes);
    expect([...projects.values()].map(({ name, color }) => [name, color])).toEqual([
      ["House", null],
      ["New", "red"],
    ]);
    expect(projects.get(home.id)?.deleted_at).toBeTruthy();
    expect(withWrites(all(inside), writes).get(inside.id)?.deleted_at).toBeTruthy();
  });

  it("that later ones take back do not show, until these are taken back", () => {
    const shown = todo({ title: "old" });
    const named = (key: string, action: Action): Write => ({ ...write(action), key });
    const undo = (key: string, command: string) => named(key, { op: "undo", id: "", command, what: "" });
    const rename = named("1", { op: "update", id: shown.id, fields: { title: "new" }, base: { title: "old" } });
    const titleAfter = (...writes: Write[]) => withWrites(all(shown), writes).get(shown.id)?.title;
    expect(titleAfter(rename, undo("2", "1"))).toBe("old");
    expect(titleAfter(rename, undo("2", "1"), undo("3", "2"))).toBe("new");
    expect(standing([rename, undo("2", "1"), undo("3", "1")]).map(({ key }) => key)).toEqual(["2", "3"]);
  });

  it("say only what differs", () => {
    const shown = todo({ title: "old", priority: "low" });
    const update = updateOf(shown, { title: "new", priority: "low" }) as Action;
    expect(update).toEqual({
      op: "update",
      id: shown.id,
      fields: { title: "new" },
      base: { title: "old" },
      seen: shown.version,
    });
    expect(updateOf(shown, { title: "old", tags: [] })).toBeNull();
  });
});

describe("todos below one another", () => {
  const at = "2026-11-22T12:00:00.000Z";
  const [top, child, leaf, done] = ["top", "child", "leaf", "done"].map((id) => todo({ id, title: id })) as Todo[];
  const tree = new Map(
    [
      top,
      { ...child, parent_id: "top" },
      { ...leaf, parent_id: "child" },
      { ...done, parent_id: "top", completed: true, completed_at: at },
    ].map((each) => [each?.id, each] as [string, Todo]),
  );
  const write = (...actions: Action[]): Write => ({ key: "k", userId: USER.id, at, actions });
  const afterwards = (...writes: Write[]) => [...withWrites(tree, writes).values()];

  it("are completed, deleted, restored and moved with it", () => {
    const complete = write({ op: "complete", id: "top" });
    expect(afterwards(complete).every(({ completed }) => completed)).toBe(true);
    const remove = write({ op: "delete", id: "top" });
    expect(afterwards(remove).every(({ deleted_at }) => deleted_at === at)).toBe(true);
    expect(afterwards(remove, write({ op: "restore", id: "top" }))).toEqual([...tree.values()]);
    const move = write({ op: "update", id: "child", fields: { project_id: "p" }, base: {} });
    expect(afterwards(move).map(({ project_id }) => project_id)).toEqual([null, "p", "p", null]);
  });

  it("open those above", () => {
    const all = write({ op: "complete", id: "top" });
    const reopened = afterwards(all, write({ op: "reopen", id: "leaf" }));
    expect(reopened.filter(({ completed }) => !completed).map(({ id }) => id)).toEqual(["top", "child", "leaf"]);
  });

  it("stand below it in a list, with its progress, and name it where it is not there", () => {
    const surroundings = {
      sort: "-created_at",
      today: TODAY,
      overdue: new Set(""),
      lingering: new Set(""),
      user: USER,
    };
    const shown = (search: string) =>
      rowsOf(tree, parseView(search), surroundings).flatMap((row) =>
        row.kind === "todo" ? [[row.key, row.depth, row.progress?.done, row.progress?.total, row.parent]] : [],
      );
    expect(shown("")).toEqual([
      ["top", 0, 1, 2, undefined],
      ["child", 1, 0, 1, undefined],
      ["leaf", 2, undefined, undefined, undefined],
    ]);
    expect(shown("?q=leaf")).toEqual([["leaf", 0, undefined, undefined, "child"]]);
  });

  it("are moved on", () => {
    const skip = write({ op: "skip", id: "top", fields: { due_date: "2026-12-01" } });
    expect(afterwards(skip)[0]?.due_date).toBe("2026-12-01");
  });
});

describe("rules of recurrence", () => {
  it("are changed by their parts", () => {
    expect(withParts("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", { INTERVAL: "", BYDAY: "MO,FR" })).toBe(
      "FREQ=WEEKLY;BYDAY=MO,FR",
    );
    expect(withParts("FREQ=DAILY", { COUNT: "3" })).toBe("FREQ=DAILY;COUNT=3");
  });

  it("are offered by the day", () => {
    expect(offered("2026-12-08")[5]).toBe("FREQ=MONTHLY;BYDAY=2TU");
    expect(offered("2026-11-29")[5]).toBe("FREQ=MONTHLY;BYDAY=-1SU");
  });
});

describe("a line of quick add", () => {
  const home = project({ name: "Home" });
  const projects = new Map([home, project({ name: "Attic", archived: true })].map((each) => [each.id, each]));
  const read = (text: string, defaults = {}, user = USER, today = TODAY) =>
    readLine(text, { user, today, projects, defaults }).fields;

  it("goes on top of what the view gives", () => {
    const defaults = { tags: ["work"], due_date: TODAY, project_id: "another", priority: "low" as const };
    expect(read("Call", defaults)).toEqual({ ...BLANK, ...defaults, title: "Call" });
    const said = { tags: ["work", "home"], due_date: "2026-11-23", project_id: home.id, priority: "high" };
    expect(read("Call #home tomorrow ~home !high", defaults)).toEqual({ ...BLANK, ...said, title: "Call" });
  });

  it("knows no project that is archived", () => {
    expect(read("Sweep ~attic")).toMatchObject({ title: "Sweep ~attic", project_id: null });
  });

  it("means the time to come while a day goes on after midnight", () => {
    vi.useFakeTimers({ now: Date.parse("2026-11-23T02:00:00Z"), toFake: ["Date"] });
    const owl = { ...USER, day_start_hour: 4 };
    expect(read("Call 5pm", {}, owl)).toMatchObject({ due_date: "2026-11-23", due_time: "17:00" });
  });
});

describe("views", () => {
  const shown = (search: string, ...todos: Todo[]) => {
    const overdue = new Set(todos.filter((each) => isOverdue(each, CLOCK)).map((each) => each.id));
    const surroundings = { sort: "-created_at", today: TODAY, overdue, lingering: new Set<string>(), user: USER };
    return rowsOf(new Map(todos.map((each) => [each.id, each])), parseView(search), surroundings).map((row) =>
      row.kind === "heading" ? `# ${row.label}` : row.todo.title,
    );
  };

  it("puts the overdue first today", () => {
    const late = todo({ title: "late", due_date: "2026-11-20", due_at: "2026-11-21T00:00:00Z" });
    const due = todo({ title: "due", due_date: TODAY, due_at: "2026-11-23T00:00:00Z" });
    expect(shown("?view=today", due, late, todo())).toEqual(["# Overdue", "late", "# Today", "due"]);
    expect(shown("?view=today", due)).toEqual(["due"]);
  });

  it("groups what comes by day, and what is done by the day it was done", () => {
    const next = todo({ title: "next", due_date: "2026-11-23" });
    const later = todo({ title: "later", due_date: "2026-12-05" });
    expect(shown("?view=upcoming", later, next)).toEqual(["# Tomorrow", "next", "# Dec 5", "later"]);
    const done = todo({ title: "done", completed: true, completed_at: "2026-11-22T01:00:00Z" });
    expect(shown("?view=completed", done)).toEqual(["# Today", "done"]);
  });

  it("has a list for each project, and one for what is in none", () => {
    const inside = todo({ title: "inside", project_id: "p" });
    const outside = todo({ title: "outside" });
    expect(shown("?project=p", inside, outside)).toEqual(["inside"]);
    expect(shown("?project=inbox", inside, outside)).toEqual(["outside"]);
    expect(shown("", inside, outside)).toEqual(["outside", "inside"]);
  });

  it("does not lose what starts later and is never due", () => {
    const deferred = todo({ title: "deferred", start_date: "2026-11-24" });
    expect(shown("?view=upcoming", deferred)).toEqual(["# Tuesday", "deferred"]);
  });

  it("keeps the trash apart", () => {
    const gone = todo({ title: "gone", deleted_at: "2026-11-22T01:00:00Z", completed: true });
    expect(shown("", gone)).toEqual([]);
    expect(shown("?view=completed", gone)).toEqual([]);
    expect(shown("?view=trash", gone)).toEqual(["gone"]);
  });

  it("stands in the address and comes back from it", () => {
    const view = parseView("?view=today&tag=a%26b&tag=c&priority=high&q=milk+%2B");
    expect(view).toEqual({ name: "today", tags: ["a&b", "c"], priority: "high", q: "milk +", project: null });
    expect(parseView(`?${viewQuery(view)}`)).toEqual(view);
    expect(parseView("?view=nonsense&priority=nonsense")).toEqual(parseView(""));
  });

  it("sorts each way, newest first where all is equal", () => {
    const a = todo({ title: "item 10", priority: "low", due_date: "2026-12-01" });
    const b = todo({ title: "Item 9", priority: "urgent" });
    const names = (sort: string) => sortTodos([a, b], sort).map((each) => each.title);
    expect(names("title")).toEqual(["Item 9", "item 10"]);
    expect(names("-priority")).toEqual(["Item 9", "item 10"]);
    expect(names("due_at")).toEqual(["item 10", "Item 9"]);
    expect(names("nonsense")).toEqual(["Item 9", "item 10"]);
  });
});

describe("days", () => {
  const helsinki = { time_zone: "Europe/Helsinki", day_start_hour: 4 };

  it("begin at the user's hour in the user's zone, also when the clock changes", () => {
    expect(dayOf(Date.parse("2026-11-22T01:59:00Z"), helsinki)).toBe("2026-11-21");
    expect(dayOf(Date.parse("2026-11-22T02:00:00Z"), helsinki)).toBe("2026-11-22");
    // 2026-03-29: 03:00 becomes 04:00, so the day begins one hour earlier in UTC.
    expect(dayOf(Date.parse("2026-03-29T00:59:00Z"), helsinki)).toBe("2026-03-28");
    expect(dayOf(Date.parse("2026-03-29T01:00:00Z"), helsinki)).toBe("2026-03-29");
  });

  it("are added and named", () => {
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(weekStart("2026-11-22", "monday")).toBe("2026-11-16");
    expect(weekStart("2026-11-22", "sunday")).toBe("2026-11-22");
    expect(weekStart("2026-11-22", "saturday")).toBe("2026-11-21");
    expect(
      ["2026-11-21", TODAY, "2026-11-23", "2026-11-27", "2027-01-02"].map((day) => relativeDay(day, TODAY)),
    ).toEqual(["Yesterday", "Today", "Tomorrow", "Friday", "Jan 2, 2027"]);
  });
});

describe("small things", () => {
  it("follows the next page on this origin only", () => {
    expect(nextLink('<https://evil.example/api/todos?cursor=a%2Bb&limit=5>; rel="next"')).toBe(
      "/api/todos?cursor=a%2Bb&limit=5",
    );
    expect(nextLink('</api/todos?x=1>; rel="prev", </api/todos?x=2>; rel="next"')).toBe("/api/todos?x=2");
    expect(nextLink(null)).toBeNull();
  });

  it("makes ids that sort by time", () => {
    const ids = [1, 2, 3].map((second) => uuid7(Date.UTC(2026, 0, 1, 0, 0, second)));
    expect([...ids].sort()).toEqual(ids);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("waits longer each time, never for long, and never as all others do", () => {
    expect(backoff(1, 0)).toBeGreaterThan(0);
    expect(backoff(3, 1)).toBeGreaterThan(backoff(2, 1));
    expect(backoff(99, 1)).toBeLessThanOrEqual(20_200);
    expect(backoff(5, 0.2)).not.toBe(backoff(5, 0.8));
  });

  it("leaves the router's entry as it is when the search changes, so that the router writes no older one over it", () => {
    const routers = { __NA: true };
    history.replaceState(routers, "", "/");
    setSearch("q=ann", "replace");
    expect([location.search, history.state]).toEqual(["?q=ann", routers]);
    setSearch("view=today");
    expect([location.search, history.state]).toEqual(["?view=today", routers]);
  });

  it("names browsers as people do", () => {
    expect(browserName("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36")).toBe(
      "Chrome on Linux",
    );
    expect(browserName("curl/8.0")).toBe("curl/8.0");
    expect(browserName("")).toBe("Unknown program");
  });
});
