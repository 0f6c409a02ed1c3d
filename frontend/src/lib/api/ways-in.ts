import type * as api from "./generated/types.gen";
import { createHttp } from "./http";
import type { Tokens } from "./types";

const NOBODY = { current: async () => null, renew: async () => null };
const { request } = createHttp(NOBODY);

/** What the pages of nobody yet ask besides the password; the first load does not carry them. */
export const getRegistrationMode = (signal?: AbortSignal) =>
  request<api.RegistrationMode>("GET", "/api/auth/registration", { signal });

/** 201, or 202 where the address has to be verified first. */
export const register = (json: api.RegisterData["body"]) => request<api.User>("POST", "/api/auth/register", { json });

export const finishLogin = (mfa_token: string, code: string) => {
  const json: api.FinishLoginData["body"] = { mfa_token, code, refresh: "cookie" };
  return request<Tokens>("POST", "/api/auth/login/mfa", { json });
};

export const getPasskeyOptions = () => request<api.PasskeyOptions>("POST", "/api/auth/passkeys/login/options");

export const logInByPasskey = (credential: api.PasskeyLogin["credential"]) => {
  const json: api.LogInData["body"] = { credential, refresh: "cookie" };
  return request<Tokens>("POST", "/api/auth/passkeys/login", { json });
};

export const getProviders = (signal?: AbortSignal) => request<api.Provider[]>("GET", "/api/auth/providers", { signal });

export const forgotPassword = (json: api.ForgotPasswordData["body"]) =>
  request<void>("POST", "/api/auth/forgot-password", { json });

export const resetPassword = (json: api.ResetPasswordData["body"]) =>
  request<void>("POST", "/api/auth/reset-password", { json });

export const verifyEmail = (json: api.VerifyEmailData["body"]) =>
  request<void>("POST", "/api/auth/verify-email", { json });
