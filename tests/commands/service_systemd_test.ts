import assert from "node:assert/strict";
import { Program } from "../support/program.ts";
import { TempDir } from "../support/temp_dir.ts";
import { printed, system } from "./shell.ts";

/** A folder's name with what a unit, a shell or a list would take for its own. */
const AWKWARD = `a b%n$HOME $$ c"d'e\\f:g;h&i<j>\`k\``;

/** Checks a unit with systemd itself; what it read, or undefined where there is no systemd. */
async function read(unit: string): Promise<string | undefined> {
  await using dir = await TempDir.make();
  await dir.put("unarr-stream.service", unit);
  const args = ["verify", `${dir.path}/unarr-stream.service`];
  const verified = await system("systemd-analyze", args);
  if (verified === undefined) return undefined;
  assert.deepEqual([verified.code, verified.err], [0, ""], unit);
  const dumped = await system("systemd-analyze", args, { env: { SYSTEMD_LOG_LEVEL: "debug" } });
  return dumped!.out;
}

/** Values of a field of what systemd read. */
function values(dump: string, field: string): string[] {
  return [...dump.matchAll(new RegExp(`^\\s*${field}: (.*)$`, "gm"))].map(([, value]) => value!);
}

/** Words of a command line as systemd writes it: with double quotes and backslashes where it needs them. */
function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)]
    .map(([, quoted, plain]) => quoted?.replace(/\\(.)/g, "$1") ?? plain!);
}

Deno.test("service systemd: the unit is one that systemd takes without a word", async () => {
  await using dir = await TempDir.make();
  await read(await printed(`--allow-read=${dir.path}`, "service", "systemd"));
});

Deno.test("service systemd: awkward paths and values arrive as they are", async () => {
  await using dir = await TempDir.make();
  const root = `${dir.path}/${AWKWARD}`;
  await Deno.mkdir(root);
  const unit = await printed(
    `--allow-read=${dir.path},${root}`,
    ...["--log-level", "debug", "service", "systemd", "--name", `${AWKWARD} %d $NAME`],
    ...["--ice-server", "stun:a.example:3478", "stun:b.example:3478"],
  );
  const dump = await read(unit);
  if (dump === undefined) return;
  assert.deepEqual(values(dump, "BindReadOnlyPaths").slice(0, 2), [
    `${dir.path}:${dir.path}:rbind`,
    `${root}:${root}:rbind`,
  ]);
  assert.ok(values(dump, "RequiresMountsFor").includes(`${root} (origin-file)`));
  const command = words(values(dump, "Command Line")[0]!);
  assert.equal(command[0], Deno.execPath());
  // A dollar that is doubled here is one when the service starts.
  const doubled = (text: string) => text.replaceAll("$", "$$$$");
  assert.deepEqual(command.slice(command.findIndex((word) => word.endsWith("main.ts")) + 1), [
    doubled(`--allow-read=${dir.path},${root}`),
    "--log-level=debug",
    "serve",
    ...["--ice-server=stun:a.example:3478", "--ice-server=stun:b.example:3478"],
    doubled(`--name=${AWKWARD} %d $NAME`),
  ]);
});

Deno.test("service systemd: files with secrets are credentials, whatever their path", async () => {
  await using dir = await TempDir.make();
  const unit = await printed(
    `--allow-read=${dir.path}`,
    ...["service", "systemd", "--relay", "https://relay.example", "--api-key-file", "/etc/my %n \"key's"],
  );
  assert.match(unit, /^LoadCredential=api-key:\/etc\/my %%n "key's$/m);
  assert.match(unit, /^StandardOutput=null$/m);
  const dump = await read(unit);
  if (dump === undefined) return;
  const command = words(values(dump, "Command Line")[0]!);
  assert.ok(command.includes("--api-key-file=/run/credentials/unarr-stream.service/api-key"));
});

Deno.test("service systemd: the box's key is a credential, the list of links taken back stays where it is", async () => {
  await using dir = await TempDir.make();
  const revoked = await dir.put("revoked", "");
  const unit = await printed(
    `--allow-read=${dir.path}`,
    ...[
      "service",
      "systemd",
      "--identity-file",
      "/etc/unarr/identity",
      "--viewer-token-file",
      "/etc/unarr/viewers",
    ],
    ...["--revocation-file", revoked, "--open"],
  );
  assert.match(unit, /^LoadCredential=identity:\/etc\/unarr\/identity$/m);
  assert.doesNotMatch(unit, /LoadCredential=revocation/);
  assert.ok(unit.includes(`--revocation-file=${revoked} --open`), unit);
  assert.ok(unit.includes(`BindReadOnlyPaths=${revoked}\n`));
  const dump = await read(unit);
  if (dump === undefined) return;
  const command = words(values(dump, "Command Line")[0]!);
  assert.ok(command.includes("--identity-file=/run/credentials/unarr-stream.service/identity"));
});

Deno.test("service systemd: it is confined, restarts where that helps, and lets V8 work", async () => {
  await using dir = await TempDir.make();
  const unit = await printed(`--allow-read=${dir.path}`, "service", "systemd");
  for (
    const line of [
      "Type=exec",
      "DynamicUser=yes",
      "ProtectSystem=strict",
      "ProtectHome=tmpfs",
      "PrivateTmp=yes",
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
      "Restart=on-failure",
      "RestartPreventExitStatus=77 78",
    ]
  ) assert.ok(unit.split("\n").includes(line), line);
  assert.doesNotMatch(unit, /^MemoryDenyWriteExecute/m);
});

Deno.test("service: what a service could not run with is one sentence", async () => {
  for (
    const [args, sentence] of [
      [["service", "systemd"], /which with --allow-read/],
      [["--allow-read=/tmp", "service", "cron", "--relay", "https://a.example"], /--api-key-file/],
      [["--allow-read=/tmp", "service", "cron", "--identity-file", "/a"], /--viewer-token-file, too/],
      [["--allow-read=/tmp/a\nb", "service", "systemd"], /control characters/],
      [["--allow-read=/tmp", "service", "systemd", "--viewer-token-file", "/tmp/a\\"], /ends so/],
      [["--allow-read=/tmp", "service", "launchd"], /--log-file/],
      [["--allow-read=/tmp", "service", "upstart"], /unknown command 'upstart'/],
    ] as const
  ) {
    const { code, out, err } = await Program.run(args);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, sentence);
    assert.equal(err.trim().split("\n").length, 1, err);
  }
});
