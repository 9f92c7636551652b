/// <reference lib="dom" />
/**
 * The player's client on libdatachannel in a process of its own, for tests whose viewer lives in another network. It
 * uses what ICE servers the relay hands out.
 *
 *     deno run --allow-all tests/support/play_by_client.ts <relay> <token> <file>
 *
 * Prints `<SHA-256 of the file> <route>`.
 */
import { createHash } from "node:crypto";
import { RTCPeerConnection } from "node-datachannel/polyfill";
import { connect } from "../../src/player/client/mod.ts";

const [relay = "", token = "", filePath = ""] = Deno.args;
const session = await connect({
  relay,
  token,
  filePath,
  RTCPeerConnection: RTCPeerConnection as unknown as typeof globalThis.RTCPeerConnection,
});
const file = await session.file();
const hash = createHash("sha256");
for await (const chunk of file.read(0)) hash.update(chunk);
const { route } = await session.path();
session.close();
// deno-lint-ignore no-console -- what it is started for
console.log(hash.digest("hex"), route);
Deno.exit();
