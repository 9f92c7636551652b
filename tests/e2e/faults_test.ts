/** What goes wrong around the program: it lives through it, or ends as docs/operation.md says. */
import assert from "node:assert/strict";
import { freePort } from "../support/free_port.ts";
import { Program } from "../support/program.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { Viewer } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const stack = STACK_NAMES[0]!;
const AGENT = "agent-token-of-the-tests";
const VIEWER = "viewer-token-of-the-tests";
const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

const isLinux = Deno.build.os === "linux";

/** Whether this machine can do what a fault needs; says so where it cannot. */
function can(what: string, command: string, ...args: string[]): boolean {
  if (!isLinux) return false;
  try {
    const { success } = new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync();
    if (success) return true;
  } catch {
    // Said below.
  }
  // deno-lint-ignore no-console -- for whoever runs the tests
  console.log(`faults: skipped, as there is no ${what} here (${[command, ...args].join(" ")})`);
  return false;
}

const hasMounts = can("mount namespace", "unshare", "--mount", "true");
const hasNetworks = can("network namespace", "unshare", "--net", "ip", "link");
const hasFaketime = can("faketime", "test", "-e", FAKETIME);

/** Runs a command in the namespaces of a program. */
async function inside(
  program: Program,
  namespace: "--mount" | "--net",
  ...command: string[]
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("nsenter", {
    args: ["--target", String(program.pid), namespace, ...command],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** A viewer plays the first bytes of a film. */
async function plays(access: { relay: string; token: string }, filePath = "a.bin"): Promise<void> {
  const { viewer, channel } = await Viewer.open({ ...access, stack, filePath });
  assert.deepEqual(await channel.read(0, 4).then(({ status, bytes }) => [status, bytes]), [0, 4]);
  await viewer.close();
}

/** As {@link plays}; the relay may have to hear of the box again first. */
async function playsAtLast(access: { relay: string; token: string }): Promise<void> {
  const played = async () => {
    for (;;) {
      try {
        return await plays(access);
      } catch (error) {
        if (!/POST sessions/.test(String(error))) throw error;
      }
    }
  };
  await within(60_000, "a film", played());
}

async function endsWell(program: Program): Promise<void> {
  program.signal("SIGTERM");
  assert.equal((await within(30_000, "the end", program.ended())).code, 0);
}

/** Resolves when the program answers on its port; for those whose link nobody reads. */
async function answers(relay: string): Promise<void> {
  const up = async () => {
    for (;;) {
      const response = await fetch(`${relay}/healthz`).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await within(30_000, "an answer", up());
}

for (
  const [what, redirection] of [
    ["standard output and error are on a full disk", `>/dev/full 2>/dev/full`],
    ["the readers of standard output and error are gone", `> >(exec true) 2> >(exec true)`],
    ["standard input, output and error are closed", `<&- >&- 2>&-`],
  ] as const
) {
  Deno.test({
    name: `faults: ${what}: it serves, and ends with 0`,
    ignore: !isLinux,
    async fn() {
      await using dir = await TempDir.make();
      await dir.put("a.bin", "film");
      const port = freePort();
      const access = { relay: `http://127.0.0.1:${port}`, token: VIEWER };
      await using program = Program.spawn(
        [`--allow-read=${dir.path}`, "--log-level", "debug", "serve", "--listen", `127.0.0.1:${port}`],
        { UNARR_VIEWER_TOKEN: VIEWER },
        { through: ["bash", "-c", `exec "$@" ${redirection}`, "bash"] },
      );
      await answers(access.relay);
      await plays(access);
      await endsWell(program);
    },
  });
}

Deno.test({
  name: "faults: a full disk under the output of a command that prints is told by its exit code",
  ignore: !isLinux,
  async fn() {
    await using program = Program.spawn(["completions", "bash"], {}, {
      through: ["bash", "-c", `exec "$@" >/dev/full`, "bash"],
    });
    const { code, err } = await within(30_000, "the end", program.ended());
    assert.equal(code, 1);
    assert.match(err, /No space left/);
  },
});

Deno.test({
  name: "faults: the clock jumps an hour, there and back: films go on, new ones start",
  ignore: !hasFaketime,
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("media/a.bin", "film");
    const clock = await dir.put("clock", "+0");
    await using program = await Program.start(
      [`--allow-read=${dir.path}/media`, "serve", "--listen", "127.0.0.1:0"],
      {
        LD_PRELOAD: FAKETIME,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      },
    );
    const access = await program.access();
    const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "a.bin" });
    for (const jump of ["+3600", "-3600", "+0"]) {
      await Deno.writeTextFile(clock, jump);
      assert.equal((await within(20_000, "a range", channel.read(0, 0))).bytes, 4);
      await playsAtLast(access);
      // The log has the time of the jump: the fault did happen.
      const off = Number(jump) * 1_000;
      const { time } = JSON.parse(program.log.at(-1)!);
      assert.ok(Math.abs(Date.parse(time) - Date.now() - off) < 600_000, `${time} is not off by ${jump}`);
    }
    await viewer.close();
    await endsWell(program);
  },
});

Deno.test({
  name: "faults: the share is unmounted and comes back: an open film goes on, others are refused until then",
  ignore: !hasMounts,
  async fn() {
    await using dir = await TempDir.make();
    await Deno.mkdir(`${dir.path}/media`);
    const media = `${dir.path}/media`;
    const mount = `mount -t tmpfs none "${media}" && printf film > "${media}/a.bin"`;
    await using program = await Program.start(
      [`--allow-read=${media}`, "serve", "--listen", "127.0.0.1:0"],
      {},
      { through: ["unshare", "--mount", "bash", "-c", `${mount} && exec "$@"`, "bash"] },
    );
    const access = await program.access();
    const { viewer, channel } = await Viewer.open({ ...access, stack, filePath: "a.bin" });
    await inside(program, "--mount", "umount", "--lazy", media);
    assert.equal((await within(20_000, "a range", channel.read(0, 0))).bytes, 4);
    const refused = await Viewer.start({ ...access, stack, filePath: "a.bin" });
    assert.equal(await within(20_000, "the bye", refused.viewer.bye), "not-found");
    await refused.viewer.close(true);
    await inside(program, "--mount", "bash", "-c", mount);
    await plays(access);
    await viewer.close();
    await endsWell(program);
  },
});

Deno.test({
  name: "faults: no network interface is up, not even the loopback: it waits, and serves when one is",
  ignore: !hasNetworks,
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("a.bin", "film");
    await using program = Program.spawn(
      [`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:8090"],
      {},
      { through: ["unshare", "--net"] },
    );
    await program.logged(/the relay is unreachable/, 60_000);
    await inside(program, "--net", "ip", "link", "set", "lo", "up");
    await program.logged(/registered as/, 60_000);
    const { relay, token } = await program.access();
    const viewer = new URL("../support/play.ts", import.meta.url).pathname;
    const run = [Deno.execPath(), "run", "--allow-all", "--no-check", viewer, relay, token, "a.bin"];
    assert.equal(await within(60_000, "the film", inside(program, "--net", ...run)), "4");
    await endsWell(program);
  },
});

Deno.test({
  name: "faults: the relay's name cannot be resolved at the start and can be later: it registers then",
  ignore: !hasMounts,
  async fn() {
    await using dir = await TempDir.make();
    await dir.put("media/a.bin", "film");
    const keys = await dir.put("keys", AGENT);
    const hosts = await dir.put("hosts", "127.0.0.1 localhost\n");
    const resolver = await dir.put("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
    await using relay = await Program.start([
      ...["relay", "--listen", "127.0.0.1:0", "--agent-token-file", keys],
    ]);
    const access = await relay.access();
    const mounts = `mount --bind "${hosts}" /etc/hosts && mount --bind "${resolver}" /etc/resolv.conf`;
    await using box = Program.spawn(
      [
        `--allow-read=${dir.path}/media`,
        ...["serve", "--relay", `http://relay.unarr.test:${new URL(access.relay).port}`],
        ...["--api-key-file", keys],
      ],
      {},
      { through: ["unshare", "--mount", "bash", "-c", `${mounts} && exec "$@"`, "bash"] },
    );
    await box.logged(/the relay is unreachable/, 60_000);
    await Deno.writeTextFile(hosts, "127.0.0.1 localhost relay.unarr.test\n");
    await box.logged(/registered as/, 60_000);
    await plays(access);
    await endsWell(box);
  },
});
