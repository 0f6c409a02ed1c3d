import type * as api from "./generated/types.gen";
import { createHttp } from "./http";
import type { Tokens } from "./types";

const NOBODY = { current: async () => null, renew: async () => null };
const { request } = createHttp(NOBODY);

/** What the log-in page asks besides the password: calls of nobody yet, which the first load does not carry. */
export const finishLogin = (mfa_token: string, code: string) => {
  const json: api.FinishLoginData["body"] = { mfa_token, code, refresh: "cookie" };
  return request<Tokens>("POST", "/api/auth/login/mfa", { json });
};

export const getProviders = (signal?: AbortSignal) => request<api.Provider[]>("GET", "/api/auth/providers", { signal });
