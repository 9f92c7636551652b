import assert from "node:assert/strict";
import { TempDir } from "../support/temp_dir.ts";
import { printed, system } from "./shell.ts";

const AWKWARD = `/srv/a b%n %%$HOME $(c)"d'e\\f\\\\g\\%h;i&j<k>\\'\`l\``;

/** In place of flock: writes what it is given, each word ended by NUL. */
const RECORDER = `#!/bin/sh
printf '%s\\0' "$@" > "$RECORD"
`;

/** Runs cron with a crontab of its own until its @reboot line has run; what lies in the system stays unseen. */
const RUN_CRON = `
mount -t tmpfs tmpfs /var/spool && mkdir -p /var/spool/cron/crontabs && mount -t tmpfs tmpfs /run || exit 99
[ ! -e /etc/crontab ] || mount --bind /dev/null /etc/crontab
[ ! -d /etc/cron.d ] || mount -t tmpfs tmpfs /etc/cron.d
mkfifo "$2" && cp "$1" /var/spool/cron/crontabs/root && chmod 600 /var/spool/cron/crontabs/root
cron -f &
timeout 20 cat "$2"`;

async function crontabOf(...options: string[]): Promise<string[]> {
  const text = await printed(`--allow-read=/media,${AWKWARD}`, "service", "cron", ...options);
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** The program's own arguments, of all that flock was given. */
function ours(words: readonly string[]): readonly string[] {
  assert.deepEqual(words.slice(0, 3), ["-n", Deno.execPath(), Deno.execPath()]);
  return words.slice(words.findIndex((word) => word.endsWith("main.ts")) + 1);
}

const EXPECTED = [`--allow-read=/media,${AWKWARD}`, "serve", `--name=${AWKWARD}`];

Deno.test("service cron: a line for the start and one for each minute, under one lock", async () => {
  const [reboot, minute, ...rest] = await crontabOf("--viewer-token-file", "/etc/viewers");
  assert.deepEqual(rest, []);
  assert.equal(reboot!.replace("@reboot", "* * * * *"), minute);
  assert.match(minute!, / 2>&1 >\/dev\/null \| logger -t unarr-stream$/);
  const [untold] = await crontabOf();
  assert.match(untold!, / 2>&1 \| logger -t unarr-stream$/);
});

Deno.test("service cron: awkward paths reach the program through any cron and a shell", async () => {
  await using dir = await TempDir.make();
  await dir.put("flock", RECORDER);
  await Deno.chmod(`${dir.path}/flock`, 0o755);
  const [reboot] = await crontabOf("--name", AWKWARD);
  const line = reboot!.replace("@reboot ", "").replace(/ \| logger.*$/, "");
  assert.doesNotMatch(line, /(?<!\\)%/, "a line's end for cron");
  // Vixie's leaves the backslashes, cronie takes those before a percent sign or a backslash.
  for (const command of [line, line.replace(/\\([%\\])/g, "$1")]) {
    const record = `${dir.path}/record`;
    const env = { PATH: `${dir.path}:/usr/bin:/bin`, RECORD: record };
    const said = await system("/bin/sh", ["-c", command], { env });
    assert.deepEqual([said!.code, said!.err], [0, ""]);
    assert.deepEqual(ours((await Deno.readTextFile(record)).split("\0").slice(0, -1)), EXPECTED);
  }
});

Deno.test("service cron: the cron of this system starts the program with awkward paths", async () => {
  await using dir = await TempDir.make();
  await dir.put("flock", RECORDER);
  await Deno.chmod(`${dir.path}/flock`, 0o755);
  const record = `${dir.path}/record`;
  const settings = `PATH=${dir.path}:/usr/bin:/bin\nRECORD=${record}\n`;
  await dir.put("crontab", `${settings}${(await crontabOf("--name", AWKWARD))[0]}\n`);
  if (await system("cron", ["-V"]) === undefined) return;
  const said = await system("unshare", [
    ...["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", RUN_CRON, "sh"],
    ...[`${dir.path}/crontab`, record],
  ]);
  if (said === undefined || said.code === 99 || /Operation not permitted/.test(said.err)) {
    await Deno.stdout.write(new TextEncoder().encode("cron wants a namespace of its own: skipped\n"));
    return;
  }
  assert.equal(said.code, 0, said.err);
  assert.deepEqual(ours(said.out.split("\0").slice(0, -1)), EXPECTED);
});
