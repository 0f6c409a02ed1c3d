import { afterEach, describe, expect, it, vi } from "vitest";
import { ConnectionError } from "@/lib/api/errors";
import { mergeable } from "@/lib/offline/merge";
import { createOutbox, type Outbox, type Outcome } from "@/lib/offline/outbox";
import { passingShelf } from "@/lib/offline/shelf";
import { createStore } from "@/lib/store";
import type { Write } from "@/lib/todos/writes";
import { USER } from "./support";

const write = (key: string, ...ops: ("complete" | "purge")[]): Write => ({
  key,
  userId: USER.id,
  at: "2026-11-22T12:00:00Z",
  actions: ops.map((op) => ({ op, id: key })),
});

let opened: Outbox[] = [];

function open(send: (writes: Write[], waited: boolean) => Promise<Outcome[]>, shelf = passingShelf()) {
  const waiting = createStore<Write[]>([]);
  const refused: string[] = [];
  const onRefused = ({ key }: Write) => refused.push(key);
  const outbox = createOutbox({ userId: USER.id, shelf: Promise.resolve(shelf), waiting, send, onRefused });
  opened.push(outbox);
  return { outbox, waiting, refused };
}

afterEach(() => {
  for (const outbox of opened) outbox.stop();
  opened = [];
});

describe("the outbox", () => {
  it("sends one after the other, and again what got no answer", async () => {
    const sent: [string, boolean][] = [];
    const { outbox, waiting } = open(async ([first], waited) => {
      sent.push([first?.key ?? "", waited]);
      if (sent.length === 1) throw new ConnectionError();
      return [{ key: first?.key ?? "", sequence: sent.length }];
    });
    const answers = Promise.all([outbox.add(write("a", "complete")), outbox.add(write("b", "complete"))]);
    expect(waiting.get().map(({ key }) => key)).toEqual(["a", "b"]);
    window.dispatchEvent(new Event("online"));
    expect(await answers).toEqual([2, 3]);
    expect(sent).toEqual([
      ["a", false],
      ["a", true],
      ["b", true],
    ]);
    await vi.waitFor(() => expect(waiting.get()).toEqual([]));
  });

  it("drops what is refused, and says so to the page that waits for it", async () => {
    const error = new Error("no");
    const { outbox, refused } = open(async ([first]) => [{ key: first?.key ?? "", error }]);
    await expect(outbox.add(write("a", "complete"))).rejects.toBe(error);
    expect(refused).toEqual([]);
  });

  it("sends what pages that are gone have left, and tells of what is refused of it", async () => {
    const shelf = passingShelf();
    await shelf.put(write("left", "complete"));
    const { refused } = open(async ([first]) => [{ key: first?.key ?? "", error: new Error("no") }], shelf);
    await vi.waitFor(() => expect(refused).toEqual(["left"]));
    expect(await shelf.all()).toEqual([]);
  });
});

describe("what is merged", () => {
  it("is what comes before a write that is a command of another kind, or of many", () => {
    const [one, two] = [write("a", "complete"), write("b", "complete")];
    expect(mergeable([one, two])).toEqual([one, two]);
    expect(mergeable([one, write("c", "purge"), two])).toEqual([one]);
    expect(mergeable([write("d", "complete", "complete"), one])).toEqual([]);
  });
});
