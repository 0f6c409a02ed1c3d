/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out because the registry it asked
 * does not carry them: without an entry `npm ci` refuses to run, and on those platforms nothing would be installed.
 * Their versions are exact in the package that wants them; what a lock could not see, it cannot hash.
 */
import { readFileSync, writeFileSync } from "node:fs";

const FILE = "package-lock.json";
const lock = JSON.parse(readFileSync(FILE, "utf8"));

function platformOf(name) {
  const [os, cpu, abi] = name.match(/(android|darwin|freebsd|linux|win32|wasm32)(?:-(\w+))?(?:-(\w+))?$/).slice(1);
  if (os === "wasm32") return { cpu: ["wasm32"] };
  return { os: [os], cpu: [cpu], ...(os === "linux" ? { libc: [abi === "musl" ? "musl" : "glibc"] } : {}) };
}

for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const known = [`${path}/node_modules/${name}`, `node_modules/${name}`].some((each) => each in lock.packages);
    if (known || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = { version, optional: true, ...(dev ? { dev } : {}), ...platformOf(name) };
    console.log(`added ${name} ${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
