// A certified provider of OpenID Connect for tests. Whoever comes is logged in as the account that `POST /test` named last.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [clientId, clientSecret, ...redirectUris] = process.argv.slice(2);
const server = createServer((request, response) => handle(request, response)).listen(0, "127.0.0.1", begin);
let issuer, account, provider;

function begin() {
  issuer = `http://127.0.0.1:${server.address().port}`;
  provider = made();
  console.log(issuer);
}

function made() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "ES256" };
  return new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: redirectUris,
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...account, sub }) }),
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    pkce: { required: () => true },
    renderError: (context, out) => {
      context.type = "text";
      context.body = JSON.stringify(out);
    },
  });
}

async function handle(request, response) {
  if (request.url === "/test") {
    const { rotate, ...person } = JSON.parse(await text(request));
    if (rotate) provider = made();
    else account = person;
    return response.writeHead(204).end();
  }
  if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
  return provider.interactionFinished(request, response, { login: { accountId: account.sub } });
}

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}
