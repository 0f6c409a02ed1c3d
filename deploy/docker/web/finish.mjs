// After `next build`: names the inline scripts that the pages really hold in a Content-Security-Policy for nginx,
// and lays a compressed copy beside each file that shrinks. usage: finish.mjs FOLDER POLICY_FILE
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { constants, gzipSync } from "node:zlib";

const [folder, policyFile] = process.argv.slice(2);
const COMPRESSIBLE = new Set([".html", ".js", ".css", ".svg", ".txt", ".json", ".webmanifest"]);
const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

const hashes = new Set();
for (const file of files.filter((name) => extname(name) === ".html")) {
  for (const [, script] of readFileSync(file, "utf8").matchAll(INLINE_SCRIPT)) {
    hashes.add(`'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  }
}

const policy = [
  "default-src 'self'",
  `script-src 'self' ${[...hashes].sort().join(" ")}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");
writeFileSync(policyFile, `add_header Content-Security-Policy "${policy}" always;\n`);

for (const file of files.filter((name) => COMPRESSIBLE.has(extname(name)))) {
  const content = readFileSync(file);
  const compressed = gzipSync(content, { level: constants.Z_BEST_COMPRESSION });
  if (compressed.length < content.length * 0.9) writeFileSync(`${file}.gz`, compressed);
}
