import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants";

/** In development `/api` goes on to a running gateway; the exported site is served by the gateway itself. */
const gateway = process.env.TODOBUS_GATEWAY ?? "http://localhost:8080";

export default function config(phase: string): NextConfig {
  if (phase === PHASE_DEVELOPMENT_SERVER) {
    return {
      rewrites: async () => [{ source: "/api/:path*", destination: `${gateway}/api/:path*` }],
    };
  }
  return { output: "export", poweredByHeader: false };
}
