import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readStun, StunClass } from "../../src/rtc/ice/stun_message.ts";
import { Storm } from "../support/datagram_storm.ts";
import { hostileDatagram, type Seen } from "../support/hostile_datagrams.ts";
import { Program, residentBytes } from "../support/program.ts";
import { seeded } from "../support/seeded.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { TempDir } from "../support/temp_dir.ts";
import { hostAddress } from "../support/emulator/detour.ts";
import { FrameType } from "../../src/wire/protocol.ts";
import { type Direction, through, UdpForwarder } from "../support/udp_forwarder.ts";
import { type FrameChannel, Viewer } from "../support/viewer.ts";
import { FULL, LONG } from "../support/extent.ts";

/** Hostile datagrams of a test. */
const COUNT = LONG ? 1_000_000 : FULL ? 300_000 : 100_000;

/** They come so fast, a second. */
const RATE = 10_000;

/** Of those that come in the peer's name: one for so many of the strangers'. */
const INJECTED_SHARE = 10;

const FILM = 32 << 20;

/** A program that streams in peace grows by some 70 MiB in its first two minutes. In bytes. */
const MAX_GROWTH = FULL ? 128 << 20 : 64 << 20;

/** Random bytes in a file, and their hash. */
async function putFilm(dir: TempDir): Promise<string> {
  const film = new Uint8Array(FILM);
  for (let at = 0; at < FILM; at += 65_536) crypto.getRandomValues(film.subarray(at, at + 65_536));
  await dir.put("film.bin", film);
  return createHash("sha256").update(film).digest("hex");
}

function start(dir: TempDir): Promise<Program> {
  return Program.start([`--allow-read=${dir.path}`, "serve", "--listen", "127.0.0.1:0"]);
}

/** A figure for people; nothing depends on it. */
function report(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function hashOf(channel: FrameChannel): Promise<string> {
  const hash = createHash("sha256");
  assert.equal((await channel.read(0, 0, (data) => hash.update(data))).status, 0);
  return hash.digest("hex");
}

/** What somebody on the way sees: the first datagrams of each kind, and newer ones in their place. */
class Wiretap implements Seen {
  readonly datagrams: Uint8Array[] = [];
  username = "";
  readonly #random = seeded(7);

  see(datagram: Uint8Array, direction: Direction): void {
    const check = direction === "to box" && datagram[0]! < 4 ? readStun(datagram) : undefined;
    if (check?.class === StunClass.REQUEST) this.username = new TextDecoder().decode(check.username);
    if (this.datagrams.length < 64) this.datagrams.push(datagram.slice());
    // Each check is kept; of the records, one now and then.
    else if (check !== undefined || this.#random() < 0.001) {
      this.datagrams[Math.floor(this.#random() * 64)] = datagram.slice();
    }
  }
}

for (const stack of STACK_NAMES) {
  const name =
    `stranger: ${COUNT} datagrams of strangers and in the peer's name do nothing to a film (${stack})`;
  Deno.test(name, { timeout: 20 * 60_000 }, async () => {
    await using dir = await TempDir.make();
    const expected = await putFilm(dir);
    await using program = await start(dir);
    const tap = new Wiretap();
    using forwarder = UdpForwarder.start({ onto: (datagram, direction) => tap.see(datagram, direction) });
    const { viewer, channel } = await Viewer.open({
      ...await program.access(),
      stack,
      filePath: "film.bin",
      through: through(forwarder),
    });
    // The same in peace first: what memory that takes is not the strangers' doing.
    for (let i = 0; i < 4; i++) assert.equal(await hashOf(channel), expected);
    const before = await residentBytes(program.pid);
    let raging = true;
    using storm = new Storm();
    const strangers = storm.send({
      target: forwarder.target!,
      count: COUNT,
      rate: RATE,
      seed: 10,
      seen: { datagrams: tap.datagrams.slice(), username: tap.username },
    }).finally(() => raging = false);
    const random = seeded(11);
    let injected = 0;
    const injecting = (async () => {
      while (raging) {
        const batch = Math.ceil(RATE / INJECTED_SHARE / 100);
        for (let i = 0; i < batch; i++, injected++) {
          await forwarder.inject(hostileDatagram(random, tap), "to box");
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })();
    let films = 0;
    do {
      assert.equal(await hashOf(channel), expected);
      films++;
    } while (raging);
    assert.equal(await strangers, COUNT);
    await injecting;
    assert.ok(injected > COUNT / INJECTED_SHARE / 10, `${injected} in the peer's name`);
    const grown = await residentBytes(program.pid) - before;
    assert.ok(grown < MAX_GROWTH, `the program grew by ${grown >> 20} MiB`);
    assert.equal(await hashOf(channel), expected);
    assert.deepEqual(viewer.byes, []);
    report(`${stack}: the film ${films} times meanwhile, ${injected} datagrams in the peer's name`);
    await viewer.close();
  });
}

/** Rounds of the comparison, and how long each of their halves takes, in milliseconds. */
const ROUNDS = FULL ? 15 : 5;
const HALF_MS = 1_500;

/** What the comparison is made at, in datagrams a second. */
const STEADY_RATE = 2_000;

/** CPU time of a process so far, in seconds (proc_pid_stat(5): clock ticks of 10 ms). */
async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

for (const stack of STACK_NAMES) {
  Deno.test(`stranger: how much ${STEADY_RATE} datagrams a second slow a film down is told (${stack})`, async () => {
    await using dir = await TempDir.make();
    await putFilm(dir);
    await using program = await start(dir);
    let offer = "";
    const { viewer, channel } = await Viewer.open({
      ...await program.access(),
      stack,
      filePath: "film.bin",
      mapOffer: (sdp) => offer = sdp,
      onlyCandidates: (candidate) => / 127\.0\.0\.1 /.test(candidate),
    });
    const box = viewer.remoteCandidates.map(hostAddress).find((address) => address?.hostname === "127.0.0.1");
    assert.ok(box !== undefined);
    const username = [JSON.parse(viewer.answers[0]!).sdp, offer].map(usernameFragment).join(":");
    await channel.channel.sink(FrameType.RANGE_DATA);
    let reading = true;
    const reader = (async () => {
      while (reading) assert.equal((await channel.read(0, 0)).status, 0);
    })();
    /** Bytes in a second, and CPU seconds for 10^9 of them, while `work` is done. */
    const measure = async (work: Promise<unknown>) => {
      const [began, bytes, cpu] = [
        performance.now(),
        await channel.channel.received(),
        await cpuSeconds(program.pid),
      ];
      await work;
      const seconds = (performance.now() - began) / 1_000;
      const moved = await channel.channel.received() - bytes;
      assert.ok(moved > 0, "the film goes on");
      return { speed: moved / seconds, cpu: (await cpuSeconds(program.pid) - cpu) / moved * 1e9 };
    };
    using storm = new Storm();
    // In peace the strangers work as hard: they send to somebody else.
    const elsewhere = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    const attack = (target: Deno.NetAddr, seed: number) =>
      storm.send({
        target,
        count: STEADY_RATE * HALF_MS / 1_000,
        rate: STEADY_RATE,
        seed,
        prepared: 1_000,
        // All but the password: what is dropped last costs most.
        seen: { datagrams: [], username },
      });
    const rounds: { speed: number; cpu: number }[] = [];
    const speeds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const calm = await measure(attack(elsewhere.addr as Deno.NetAddr, round));
      const attacked = await measure(attack({ ...box, transport: "udp" }, round));
      speeds.push(calm.speed);
      rounds.push({ speed: attacked.speed / calm.speed, cpu: attacked.cpu / calm.cpu });
    }
    elsewhere.close();
    reading = false;
    await reader;
    const percent = (of: "speed" | "cpu") =>
      `${(100 * median(rounds.map((round) => round[of])) - 100).toFixed(1)} %`;
    report(
      `${stack}: ${(8e-6 * median(speeds)).toFixed(0)} Mbit/s; under ${STEADY_RATE} datagrams a second ` +
        `${percent("speed")} in speed, ${percent("cpu")} in CPU time for a byte`,
    );
    await viewer.close();
  });
}

function usernameFragment(sdp: string): string {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)![1]!;
}
