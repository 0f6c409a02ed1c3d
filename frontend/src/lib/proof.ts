import { hasCode, Refusal } from "./api/errors";
import type { Http } from "./api/http";

/** Calls that are refused until their caller has proved again who they are ask for that proof, and are sent once more. */
export function withProof(http: Http, prove: () => Promise<boolean>): Http {
  async function proven<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!hasCode(error, "reauthentication_required")) throw error;
      if (!(await prove())) throw new Refusal("Nothing was changed: that needs a proof that it is you.");
      return call();
    }
  }
  return {
    send: (method, path, call) => proven(() => http.send(method, path, call)),
    request: (method, path, call) => proven(() => http.request(method, path, call)),
  };
}
