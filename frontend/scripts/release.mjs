/** Writes out/release.js: the files of the export, which the service worker keeps, and a name that changes with any of them. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const OUT = "out";
const WORKER = new Set(["release.js", "service-worker.js"]);

const names = readdirSync(OUT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && !WORKER.has(entry.name))
  .map((entry) => join(entry.parentPath, entry.name).slice(OUT.length + 1))
  .sort();
const digest = createHash("sha256");
for (const name of names) digest.update(`${name}\0`).update(readFileSync(join(OUT, name)));

/** As the gateway serves them: pages without `.html`. */
const files = names
  .filter((name) => !/^(404|_not-found)/.test(name))
  .map((name) => `/${name}`.replace(/(\/index)?\.html$/, "") || "/");
const release = { name: `todobus-${digest.digest("hex").slice(0, 16)}`, files };
writeFileSync(join(OUT, "release.js"), `self.RELEASE = ${JSON.stringify(release)};\n`);
