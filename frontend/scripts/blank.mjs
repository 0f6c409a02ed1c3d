/** Measures an export with nothing in it, which is what Next itself costs, and writes the figure to blank.json. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { measure } from "./first-load.mjs";

const FOLDER = "blank";
const FILES = {
  "package.json": '{ "private": true }',
  "next.config.mjs": 'export default { output: "export" };',
  "app/layout.jsx": 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
  "app/page.jsx": "export default () => <p>Blank</p>;",
};

const { version } = createRequire(import.meta.url)("next/package.json");
try {
  mkdirSync(join(FOLDER, "app"), { recursive: true });
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(FOLDER, name), content);
  execFileSync("npx", ["next", "build", FOLDER], { stdio: ["ignore", "ignore", "inherit"] });
  const { scripts } = measure(join(FOLDER, "out")).find((page) => page.name === "index.html");
  writeFileSync(new URL("blank.json", import.meta.url), `${JSON.stringify({ next: version, scripts }, null, 2)}\n`);
  console.log(`a blank export of Next ${version} loads ${scripts} bytes of script`);
} finally {
  rmSync(FOLDER, { recursive: true, force: true });
}
