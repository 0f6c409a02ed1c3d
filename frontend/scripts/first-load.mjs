import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export const gzipped = (content) => gzipSync(content, { level: 9 }).length;

/** The bytes (gzipped) that each page of an export loads before it works, without the polyfills of old browsers. */
export function measure(out) {
  const pages = readdirSync(out, { recursive: true }).filter((name) => name.endsWith(".html"));
  return pages.map((name) => {
    const html = readFileSync(join(out, name), "utf8");
    return { name, html: gzipped(html), scripts: total(out, scriptsOf(html)), styles: total(out, stylesOf(html)) };
  });
}

function total(out, paths) {
  return [...new Set(paths)].reduce((sum, path) => sum + gzipped(readFileSync(join(out, path))), 0);
}

function scriptsOf(html) {
  const tags = html.match(/<script[^>]*\ssrc="[^"]+"[^>]*>/g) ?? [];
  return tags.filter((tag) => !/\snomodule/i.test(tag)).map((tag) => tag.match(/src="([^"]+)"/)[1]);
}

function stylesOf(html) {
  return [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((match) => match[1]);
}
