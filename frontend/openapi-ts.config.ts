import { defineConfig } from "@hey-api/openapi-ts";

/** Types only: the few lines that send a call are our own, and the browser loads nothing for it. */
export default defineConfig({
  input: "../docs/openapi.json",
  output: {
    path: "src/lib/api/generated",
    entryFile: false,
    header: "// Made from docs/openapi.json by `make web-client`.",
  },
  plugins: [{ name: "@hey-api/typescript", topType: "unknown" }],
});
