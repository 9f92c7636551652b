import assert from "node:assert/strict";
import { ConfigFile } from "../../src/config/config_file.ts";
import { type IceFlags, iceServers } from "../../src/config/ice_servers.ts";
import { TempDir } from "../support/temp_dir.ts";
import { environmentOf, refusal } from "./support.ts";

const file = (text: string) => new ConfigFile("/etc/box.toml", `[downloads.webrtc]\n${text}`);

const TURN = 'stun_servers = ["stun:a:1"]\nturn_servers = ["turn:b:2?transport=tcp", "turns:c:3"]\n';
const USER = 'turn_user = "box"\nturn_pass = "turn:pass of the file"\n';

Deno.test("ICE servers: the file's lists, TURN with its user", async () => {
  const user = { username: "box", credential: "turn:pass of the file" };
  assert.deepEqual((await iceServers({}, environmentOf(), file(TURN + USER))).iceServers, [
    { urls: "stun:a:1" },
    { urls: "turn:b:2?transport=tcp", ...user },
    { urls: "turns:c:3", ...user },
  ]);
  assert.deepEqual(await iceServers({}, environmentOf(), undefined), { iceServers: [], turn: undefined });
});

Deno.test("ICE servers: flags stand in for the lists; a named file, then systemd, go before turn_user", async () => {
  await using dir = await TempDir.make();
  await dir.put("turn-credentials", "systemd:one:two\n");
  const environment = environmentOf({ CREDENTIALS_DIRECTORY: dir.path });
  const ofUser = async (flags: IceFlags) => {
    const [server, ...more] = (await iceServers(flags, environment, file(TURN + USER))).iceServers;
    return [server?.urls, server?.username, server?.credential, more.length];
  };
  const iceServer = ["turn:flag:1"];
  assert.deepEqual(await ofUser({ iceServer }), ["turn:flag:1", "systemd", "one:two", 0]);
  const iceCredentialsFile = await dir.put("credentials", "flag:three");
  assert.deepEqual(await ofUser({ iceServer, iceCredentialsFile }), ["turn:flag:1", "flag", "three", 0]);
});

Deno.test("ICE servers: what is missing or malformed is named, no password shown", async () => {
  for (
    const [text, sentence] of [
      [TURN, /^downloads\.webrtc\.turn_servers in \/etc\/box\.toml wants turn_user and turn_pass/],
      [`${TURN}turn_user = "box"`, /^downloads\.webrtc\.turn_user in .* wants a turn_pass beside it$/],
      [
        'stun_servers = ["turn:a:1"]',
        /^downloads\.webrtc\.stun_servers in .* takes a URL like stun:host:port, not turn:a:1$/,
      ],
      [
        'turn_servers = ["turn:box:secret@a:1"]',
        /^downloads\.webrtc\.turn_servers in .*, not one with an @$/,
      ],
    ] as const
  ) {
    const { message, exitCode } = await refusal(() => iceServers({}, environmentOf(), file(text)));
    assert.match(message, sentence);
    assert.equal(exitCode, 78);
  }
  const flag = await refusal(() => iceServers({ iceServer: ["turn:a:1"] }, environmentOf(), undefined));
  assert.deepEqual(flag, {
    message:
      "a TURN server wants --ice-credentials-file, with username:credential on one line, or --turn-secret-file",
    exitCode: 2,
  });
});
