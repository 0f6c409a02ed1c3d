import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCES = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes("generated"))
  .map((name) => ({ name, text: readFileSync(join("src", name), "utf8") }));

const COMPONENT = /^(?:export )?(?:default )?(?:(?:function|class) [A-Z]|const [A-Z]\w* = memo\()/gm;
const STATE =
  /^(?:export )?(?:let |const \w+(?:: (?!Readonly)[^=]+)? = (?:create(?:Store|App)\(|new (?!Set)\w+\(|\[\]))/gm;
const LONG_CLASS = /(?:className=|^const [A-Z_]+ =\s+)"[^"\n]{131,}"/gm;
/** Results of pure functions, kept because making them is slow. */
const CACHES = ["lib/time.ts", "lib/todos/views.ts"];

function withMoreThan(most: number, pattern: RegExp, ending = ""): string[] {
  const over = SOURCES.filter(({ text }) => (text.match(pattern)?.length ?? 0) > most);
  return over.map(({ name }) => name).filter((name) => name.endsWith(ending));
}

describe("the sources", () => {
  it("have one component a file", () => {
    expect(withMoreThan(1, COMPONENT, ".tsx")).toEqual([]);
  });

  it("keep no state in modules", () => {
    expect(withMoreThan(0, STATE).filter((name) => !CACHES.includes(name))).toEqual([]);
  });

  it("give long class strings a name in globals.css", () => {
    expect(withMoreThan(0, LONG_CLASS)).toEqual([]);
  });
});
