import { describe, expect, it } from "vitest";
import { runStream, type StreamEvent } from "@/lib/live/stream";

/** What `runStream` makes of one response whose body comes in these chunks. */
async function parse(...chunks: (string | Uint8Array)[]): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  const stop = new AbortController();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      controller.close();
    },
  });
  await runStream({
    open: async () => new Response(body),
    onEvent: (event) => events.push(event),
    onState: (state) => state === "waiting" && stop.abort(),
    onTrouble: async () => undefined,
    onTooOld: async () => undefined,
    signal: stop.signal,
  });
  return events;
}

describe("the live stream", () => {
  it("reads type and data", async () => {
    expect(await parse('id: 17\nevent: todo.created.v1\ndata: {"a":1}\n\n')).toEqual([
      { type: "todo.created.v1", data: '{"a":1}' },
    ]);
  });

  it("finds the same events wherever the network cuts the text, also inside of a letter", async () => {
    const text =
      "id: 1\r\nevent: a\r\ndata: oné\r\n\r\nid: 2\nevent: b\ndata: two\n\n: ping\n\nid: 3\rdata: three\r\rid: 4\ndata: x\n\n";
    const whole = await parse(text);
    expect(whole.map((event) => event.data)).toEqual(["oné", "two", "three", "x"]);
    const bytes = new TextEncoder().encode(text);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(await parse(bytes.slice(0, cut), bytes.slice(cut))).toEqual(whole);
    }
    expect(await parse(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it("joins several data lines and takes off one space only", async () => {
    expect((await parse("data: one\ndata:  two\ndata:three\n\n"))[0]?.data).toBe("one\n two\nthree");
  });

  it("gives no event for comments, for fields it does not know and for an event without data", async () => {
    expect(await parse(": ping\n\nretry: 2000\nfoo: bar\n\nevent: empty\n\n")).toEqual([]);
  });

  it("forgets the type of an event without data", async () => {
    expect(await parse("event: lost\nid: 5\n\ndata: x\n\n")).toEqual([{ type: "message", data: "x" }]);
  });

  it("skips a byte order mark at the start", async () => {
    expect(await parse("\uFEFFevent: first\ndata: x\n\n")).toEqual([{ type: "first", data: "x" }]);
  });

  it("holds back an event that is not finished", async () => {
    expect(await parse("id: 1\ndata: x\n")).toEqual([]);
  });
});
