// A real OpenID provider for the tests: panva's oidc-provider on a loopback port, whose login page takes anybody.
// node oidc_provider.mjs PORT CALLBACK…
import { Provider } from "oidc-provider";

const [port, ...callbacks] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: "riskloop", client_secret: "a secret of the tests", redirect_uris: callbacks }],
  claims: { openid: ["sub"], profile: ["preferred_username", "employee_number"] },
  cookies: { keys: ["of the tests"] },
  pkce: { required: () => true },
  // Everyone who can type a name exists. What stands before a colon is the name, what stands after it the number.
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => {
      const [name, number] = sub.split(":");
      return { sub, preferred_username: name, employee_number: number };
    },
  }),
});

// Whoever signs in as "tamperer" gets a token that somebody has rewritten on its way, to name another person.
provider.use(async (context, next) => {
  await next();
  if (context.path !== "/token" || !context.body?.id_token) return;
  const [head, body, signature] = context.body.id_token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url"));
  if (claims.sub !== "tamperer") return;
  const rewritten = { ...claims, preferred_username: "lin" };
  const encoded = Buffer.from(JSON.stringify(rewritten)).toString("base64url");
  context.body = { ...context.body, id_token: [head, encoded, signature].join(".") };
});

provider.listen(Number(port), "127.0.0.1", () => console.log(`listening at ${issuer}`));
