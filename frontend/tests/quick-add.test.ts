import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type LocalNow, type Parsed, parseLine, takeBack } from "@/lib/todos/quick-add-grammar";

interface Case {
  text: string;
  now?: string;
  zone?: string;
  todo: Partial<Parsed>;
  parts: Parsed["parts"];
}

const TABLE: { now: string; zone: string; projects: string[]; cases: Case[] } = JSON.parse(
  readFileSync("../contracts/quick-add.json", "utf8"),
);
const NOTHING = {
  description: "",
  priority: "none",
  tags: [],
  project: null,
  recurrence: null,
  due_date: null,
  due_time: null,
};

function localNow({ now = TABLE.now, zone = TABLE.zone }: Partial<Case>): LocalNow {
  const [day = "", time = ""] = new Date(now).toLocaleString("sv", { timeZone: zone }).split(" ");
  return { day, time: time.slice(0, 5) };
}

describe("quick add", () => {
  it.each(TABLE.cases)("reads $text", ({ todo, parts, text, ...at }) => {
    expect(parseLine(text, localNow(at), TABLE.projects)).toEqual({ ...NOTHING, ...todo, parts });
  });

  it.each(TABLE.cases.filter(({ parts }) => parts.length > 0))("lets each part of $text be taken back", (each) => {
    for (const part of each.parts) {
      if (part.text.includes('"') || part.kind === "description") continue;
      const again = parseLine(takeBack(each.text, part), localNow(each), TABLE.projects);
      expect(again.title).toContain(part.text);
      expect(again.parts.filter(({ start, end }) => start < part.end && part.start < end - 2)).toEqual([]);
    }
  });
});
