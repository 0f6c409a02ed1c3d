/** Fails when the exported site has grown over its budget. All sizes are gzipped bytes. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipped, measure } from "./first-load.mjs";

const OUT = "out";
const CHUNKS = join(OUT, "_next/static/chunks");
const ABOVE_BLANK = 45_000;
const LIMITS = { styles: 12_000, html: 10_000, chunk: 40_000 };

const blank = JSON.parse(readFileSync(new URL("blank.json", import.meta.url), "utf8"));
const { version } = createRequire(import.meta.url)("next/package.json");
const problems = [];

function check(what, bytes, limit) {
  console.log(`${what.padEnd(34)} ${String(bytes).padStart(7)} of ${limit}`);
  if (bytes > limit) problems.push(`${what} is ${bytes - limit} bytes over its budget`);
}

if (version !== blank.next) problems.push(`blank.json was measured with Next ${blank.next}: run npm run blank`);
const pages = measure(OUT);
for (const page of pages) {
  check(`${page.name} scripts`, page.scripts, blank.scripts + ABOVE_BLANK);
  check(`${page.name} styles`, page.styles, LIMITS.styles);
  check(`${page.name}`, page.html, LIMITS.html);
}

const first = new Set(pages.flatMap(({ name }) => readFileSync(join(OUT, name), "utf8").match(/[\w-]+\.js/g) ?? []));
for (const name of readdirSync(CHUNKS).filter((each) => each.endsWith(".js") && !first.has(each))) {
  check(`later ${name}`, gzipped(readFileSync(join(CHUNKS, name))), LIMITS.chunk);
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
