import { describe, expect, it } from "vitest";
import { createEventParser, type StreamEvent } from "@/lib/live/parser";

function parse(...chunks: string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createEventParser((event) => events.push(event));
  for (const chunk of chunks) parser.feed(chunk);
  return events;
}

describe("the live stream parser", () => {
  it("reads id, type and data", () => {
    expect(parse('id: 17\nevent: todo.created.v1\ndata: {"a":1}\n\n')).toEqual([
      { id: "17", type: "todo.created.v1", data: '{"a":1}' },
    ]);
  });

  it("finds the same events wherever the network cuts the text", () => {
    const text =
      "id: 1\r\nevent: a\r\ndata: one\r\n\r\nid: 2\nevent: b\ndata: two\n\n: ping\n\nid: 3\rdata: three\r\rid: 4\ndata: x\n\n";
    const whole = parse(text);
    expect(whole.map((event) => event.id)).toEqual(["1", "2", "3", "4"]);
    for (let cut = 1; cut < text.length; cut++) expect(parse(text.slice(0, cut), text.slice(cut))).toEqual(whole);
    expect(parse(...text)).toEqual(whole);
  });

  it("joins several data lines and takes off one space only", () => {
    expect(parse("data: one\ndata:  two\ndata:three\n\n")[0]?.data).toBe("one\n two\nthree");
  });

  it("gives no event for comments, for fields it does not know and for an event without data", () => {
    expect(parse(": ping\n\nretry: 2000\nfoo: bar\n\nevent: empty\n\n")).toEqual([]);
  });

  it("forgets the type of an event without data and keeps the last id", () => {
    expect(parse("event: lost\nid: 5\n\ndata: x\n\n")).toEqual([{ id: "5", type: "message", data: "x" }]);
  });

  it("does not take an id with NUL, and skips a byte order mark at the start", () => {
    expect(parse("\uFEFFid: 1\ndata: x\n\nid: 2\0\ndata: y\n\n").map((event) => event.id)).toEqual(["1", "1"]);
  });

  it("holds back an event that is not finished", () => {
    expect(parse("id: 1\ndata: x\n")).toEqual([]);
  });
});
