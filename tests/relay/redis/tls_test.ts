/** A store behind TLS, as the program reaches it: a certificate that nobody vouches for is none. */
import assert from "node:assert/strict";
import { freePort } from "../../support/free_port.ts";
import { Program } from "../../support/program.ts";
import { RedisServer } from "../../support/redis_server.ts";
import { TempDir } from "../../support/temp_dir.ts";
import { ignore } from "./support.ts";

/** A certificate for "localhost" and its key. */
async function certificate(dir: TempDir): Promise<{ cert: string; key: string }> {
  const [cert, key] = [`${dir.path}/cert.pem`, `${dir.path}/key.pem`];
  const { success } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"],
    ],
    stderr: "null",
  }).output();
  assert.ok(success);
  return { cert, key };
}

Deno.test("a store behind TLS is taken where its certificate is vouched for", { ignore }, async () => {
  await using dir = await TempDir.make();
  const { cert, key } = await certificate(dir);
  const port = freePort();
  await using _redis = await RedisServer.start({
    args: [
      ...["--tls-port", String(port), "--tls-auth-clients", "no"],
      ...["--tls-cert-file", cert, "--tls-key-file", key],
    ],
  });
  const keys = await dir.put("keys", "agent-token-of-the-tests");
  const args = ["relay", "--listen", "127.0.0.1:0", "--agent-token-file", keys];
  const store = ["--store", `rediss://localhost:${port}`];
  await using relay = await Program.start([...args, ...store], { DENO_CERT: cert });
  const { relay: base, token } = await relay.access();
  const listed = await fetch(`${base}/api/stream/agents`, { headers: { authorization: `Bearer ${token}` } });
  assert.deepEqual(await listed.json(), { agents: [] });
  const { code, err } = await Program.run([...args, ...store]);
  assert.equal(code, 1);
  assert.match(err, /cannot be reached \(\w+\)/);
});
