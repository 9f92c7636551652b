import assert from "node:assert/strict";
import { fromBase64Url } from "../../src/trust/base64url.ts";
import { linkFields } from "../../src/trust/link_fields.ts";
import { proveOffer } from "../../src/trust/offer_proof.ts";
import { ownerGrant } from "../../src/trust/owner_grant.ts";
import { BoxLinks } from "../support/box_links.ts";
import { Program } from "../support/program.ts";
import { RelayHttp } from "../support/relay_http.ts";
import { STACK_NAMES } from "../support/stacks.ts";
import { patterned, TempDir } from "../support/temp_dir.ts";
import { type FrameChannel, Viewer, type ViewerOptions } from "../support/viewer.ts";
import { within } from "../support/within.ts";

const stack = STACK_NAMES[0]!;

const PATIENCE_MS = 30_000;

/** A box with an identity, and a folder with two films. */
class LinkedBox implements AsyncDisposable {
  readonly links = new BoxLinks();

  private constructor(readonly dir: TempDir, readonly revocations: string) {}

  program!: Program;

  static async start(more: readonly string[] = []): Promise<LinkedBox> {
    const dir = await TempDir.make();
    const box = new LinkedBox(dir, await dir.put("revoked", "# taken back\n"));
    await dir.put("media/films/a.bin", patterned(10_000));
    await dir.put("media/films/b.bin", patterned(20_000));
    await dir.put("media/other.bin", "other");
    const identity = await dir.put("identity", `${box.links.key.format()}\n`);
    box.program = await Program.start([
      ...[`--allow-read=${dir.path}/media`, "--log-level", "debug"],
      ...["serve", "--listen", "127.0.0.1:0", "--identity-file", identity],
      ...["--revocation-file", box.revocations, ...more],
    ]);
    return box;
  }

  async options(more: Partial<ViewerOptions>): Promise<ViewerOptions> {
    return { ...await this.program.access(), stack, ...more };
  }

  /** How a session that is refused is refused. */
  async refusal(more: Partial<ViewerOptions>): Promise<{ reason: string; detail: string | undefined }> {
    const { viewer } = await Viewer.start(await this.options(more));
    const reason = await within(PATIENCE_MS, "the bye", viewer.bye);
    await viewer.close(true);
    assert.deepEqual(viewer.answers, [], "nothing was answered");
    return { reason, detail: viewer.byeDetail };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
    await this.dir[Symbol.asyncDispose]();
  }
}

async function ask(channel: FrameChannel, question: Record<string, unknown>) {
  const answer = new Promise<string>((resolve) => channel.ontext = resolve);
  channel.send(JSON.stringify({ id: 1, ...question }));
  return JSON.parse(await within(PATIENCE_MS, "an answer", answer));
}

/** The size of a file on a channel of its own, or undefined where it is refused. */
async function sizeOf(viewer: Viewer, path: string): Promise<bigint | undefined> {
  const channel = viewer.openChannel(`file:${path}`);
  const refused = channel.closed.then(() => undefined);
  return await within(
    PATIENCE_MS,
    path,
    Promise.race([channel.hello.then(({ fileSize }) => fileSize), refused]),
  );
}

Deno.test("links: with an identity a box opens to those who have a link, and signs what it answers", async () => {
  await using box = await LinkedBox.start();
  const whole = box.links.prover();
  assert.deepEqual(await box.refusal({ filePath: "films/a.bin" }), {
    reason: "not-authorised",
    detail: "missing",
  });
  // Not even whether it is there.
  assert.equal((await box.refusal({ filePath: "nowhere" })).detail, "missing");
  const foreign = new BoxLinks().prover();
  assert.equal((await box.refusal({ filePath: "films/a.bin", prove: foreign.prove })).detail, "wrong");
  const late = box.links.prover({}, () => Date.now() - 11 * 60_000);
  assert.equal((await box.refusal({ prove: late.prove })).detail, "clock");

  const { viewer, channel } = await Viewer.open(
    await box.options({ filePath: "films/a.bin", prove: whole.prove }),
  );
  assert.deepEqual(await channel.bytes(0, 10_000), patterned(10_000));
  box.links.verify(viewer);
  assert.equal(viewer.answers.length, 1);
  await viewer.close();

  // What makes links is in no line of the log, nor is the key of one.
  const printed = new URL(await box.program.link).hash;
  const secrets = [box.links.key.format().split(":")[1]!, new URLSearchParams(printed.slice(1)).get("key")!];
  for (const secret of secrets) assert.ok(!box.program.log.join("\n").includes(secret));
  assert.ok(box.program.log.some((line) => line.includes("start: a.bin")));

  const gone = await Viewer.start(await box.options({ filePath: "nowhere", prove: whole.prove }));
  assert.equal(await within(PATIENCE_MS, "the bye", gone.viewer.bye), "not-found");
  await gone.viewer.close(true);
});

Deno.test("links: the printed one opens the whole share, and is the same at each start", async () => {
  await using box = await LinkedBox.start();
  const fields = new URLSearchParams(new URL(await box.program.link).hash.slice(1));
  const { box: key, grant, key: secret } = await linkFields(
    box.links.key.secret,
    await ownerGrant(box.links.key.publicKey),
  );
  assert.deepEqual([fields.get("box"), fields.get("grant"), fields.get("key")], [key, grant, secret]);
  const secrets = { boxKey: box.links.key.publicKey, grant, key: fromBase64Url(secret)! };
  const { viewer, hello } = await Viewer.open(
    await box.options({
      filePath: "other.bin",
      prove: (sessionId, offer) => proveOffer(secrets, { sessionId, offer }, Date.now()),
    }),
  );
  assert.equal(hello.fileSize, 5n);
  await viewer.close();
});

Deno.test("links: one that share prints opens what it says", async () => {
  await using box = await LinkedBox.start();
  const { relay, token } = await box.program.access();
  const viewers = await box.dir.put("viewers", token);
  const { out, err } = await Program.run([
    ...[`--allow-read=${box.dir.path}/media`, "share", "films/b.bin", "--expires", "1h", "--relay", relay],
    ...["--identity-file", `${box.dir.path}/identity`, "--viewer-token-file", viewers],
  ]);
  assert.match(err, /^the file films\/b\.bin, until /);
  const fields = new URLSearchParams(new URL(out.trim()).hash.slice(1));
  const bytes = (name: string) => fromBase64Url(fields.get(name)!)!;
  const secrets = { boxKey: bytes("box"), grant: fields.get("grant")!, key: bytes("key") };
  const prove = (sessionId: string, offer: string) => proveOffer(secrets, { sessionId, offer }, Date.now());
  const { viewer, hello } = await Viewer.open(await box.options({ filePath: fields.get("path")!, prove }));
  assert.equal(hello.fileSize, 20_000n);
  await viewer.close();
  const { viewer: other } = await Viewer.start(await box.options({ filePath: "films/a.bin", prove }));
  assert.equal(await within(PATIENCE_MS, "the bye", other.bye), "path-not-allowed");
  await other.close(true);
});

Deno.test("links: a link to one file opens that file and nothing else", async () => {
  await using box = await LinkedBox.start();
  const { prove } = box.links.prover({ path: "films/a.bin", kind: "file", list: false });
  const single = await Viewer.open(await box.options({ filePath: "films/a.bin", prove }));
  assert.equal(single.hello.fileSize, 10_000n);
  await single.viewer.close();
  for (const filePath of ["films/b.bin", "films", "nowhere"]) {
    const { viewer } = await Viewer.start(await box.options({ filePath, prove }));
    assert.equal(await within(PATIENCE_MS, "the bye", viewer.bye), "path-not-allowed", filePath);
    await viewer.close(true);
  }
  const { viewer, channel } = await Viewer.start(await box.options({ prove }));
  await within(PATIENCE_MS, "the library", channel.opened);
  assert.equal(await sizeOf(viewer, "films/a.bin"), 10_000n);
  for (const path of ["films/b.bin", "other.bin", "films/../other.bin", `${box.dir.path}/media/other.bin`]) {
    assert.equal(await sizeOf(viewer, path), undefined, path);
  }
  for (const path of ["", "films", "films/a.bin"]) {
    assert.equal((await ask(channel, { op: "list", path, cursor: null })).code, "path-not-allowed", path);
  }
  assert.equal((await ask(channel, { op: "search", query: "bin" })).code, "path-not-allowed");
  await viewer.close();
});

Deno.test("links: a link to a folder shows what is in it, and not what is beside it", async () => {
  await using box = await LinkedBox.start();
  const { prove } = box.links.prover({ path: "films" });
  const { viewer, channel } = await Viewer.start(await box.options({ prove }));
  await within(PATIENCE_MS, "the library", channel.opened);
  const { entries } = await ask(channel, { op: "list", path: "films", cursor: null });
  assert.deepEqual(entries.map(({ name }: { name: string }) => name), ["a.bin", "b.bin"]);
  assert.equal((await ask(channel, { op: "list", path: "", cursor: null })).code, "path-not-allowed");
  const found = await ask(channel, { op: "search", query: "bin" });
  assert.deepEqual(
    found.entries.map(({ path }: { path: string }) => path).sort(),
    ["films/a.bin", "films/b.bin"],
  );
  assert.equal(await sizeOf(viewer, "films/b.bin"), 20_000n);
  assert.equal(await sizeOf(viewer, "other.bin"), undefined);
  await viewer.close();
});

Deno.test("links: one that has expired is refused, and one that expires ends its session", async () => {
  await using box = await LinkedBox.start();
  const now = Math.floor(Date.now() / 1_000);
  const past = box.links.prover({ exp: now - 1 });
  assert.equal((await box.refusal({ prove: past.prove })).detail, "expired");
  const future = box.links.prover({ nbf: now + 3_600 });
  assert.equal((await box.refusal({ prove: future.prove })).detail, "not-yet");
  const { prove } = box.links.prover({ exp: Math.floor(Date.now() / 1_000) + 8 });
  const { viewer } = await Viewer.start(await box.options({ filePath: "films/a.bin", prove }));
  assert.equal(await within(PATIENCE_MS, "the bye", viewer.bye), "not-authorised");
  assert.equal(viewer.byeDetail, "expired");
  await viewer.close(true);
});

Deno.test({
  name: "links: one that is taken back ends its sessions at SIGHUP, and no others",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using box = await LinkedBox.start();
    const [lent, kept] = [box.links.prover(), box.links.prover()];
    const open = async ({ prove }: typeof lent) =>
      await Viewer.open(await box.options({ filePath: "films/a.bin", prove }));
    const [first, second] = [await open(lent), await open(kept)];
    await Deno.writeTextFile(box.revocations, `# taken back\n${lent.id}  # the neighbours\n`);
    box.program.signal("SIGHUP");
    await box.program.logged(/taken over: links that were taken back/);
    assert.equal(await within(PATIENCE_MS, "the bye", first.viewer.bye), "not-authorised");
    assert.equal(first.viewer.byeDetail, "revoked");
    await within(PATIENCE_MS, "the channel's end", first.channel.closed);
    await first.viewer.close(true);
    assert.deepEqual(await second.channel.bytes(0, 10_000), patterned(10_000));
    await second.viewer.close();
    assert.equal((await box.refusal({ prove: lent.prove })).detail, "revoked");
    // A list that is broken takes nothing back and gives nothing free.
    await Deno.writeTextFile(box.revocations, "what?\n");
    box.program.signal("SIGHUP");
    await box.program.logged(/not taken over.*revoked, line 1: this is no link's id/);
    assert.equal((await box.refusal({ prove: lent.prove })).detail, "revoked");
  },
});

Deno.test("links: an offer and its proof, repeated in another session, open nothing", async () => {
  await using box = await LinkedBox.start();
  const { prove } = box.links.prover();
  const { viewer } = await Viewer.open(await box.options({ filePath: "films/a.bin", prove }));
  const captured = viewer.offers[0]!;
  const { relay, token } = await box.program.access();
  const http = new RelayHttp(relay, token);
  const id = await http.createSession({ filePath: "films/a.bin" });
  await http.post(id, "offer", captured);
  const stop = new AbortController();
  const bye = async () => {
    for await (const { type, payload } of http.events(id, stop.signal)) {
      assert.notEqual(type, "answer");
      if (type === "bye") return JSON.parse(payload);
    }
  };
  assert.deepEqual(await within(PATIENCE_MS, "the bye", bye()), {
    reason: "not-authorised",
    detail: "wrong",
  });
  stop.abort();
  await viewer.close();
});

Deno.test("links: ICE restarts with a proof; nobody else's offer leads the connection astray", async () => {
  await using box = await LinkedBox.start();
  const { prove } = box.links.prover();
  const { viewer, channel } = await Viewer.open(
    await box.options({ filePath: "films/a.bin", prove, stack: "libwebrtc" }),
  );
  await viewer.offer({ iceRestart: true });
  const answered = async (count: number) => {
    while (viewer.answers.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await within(PATIENCE_MS, "the second answer", answered(2));
  box.links.verify(viewer);
  const [first, second] = viewer.offers.map((offer) => JSON.parse(offer));
  const forged = { ...second, sdp: second.sdp.replace(/a=ice-ufrag:\S+/, "a=ice-ufrag:relay") };
  const { proof: _, ...bare } = forged;
  for (const offer of [first, forged, bare]) {
    await viewer.http.post(viewer.sessionId, "offer", JSON.stringify(offer));
  }
  await box.program.logged(/an offer was not believed/, PATIENCE_MS, 3);
  assert.deepEqual(await channel.bytes(0, 10_000), patterned(10_000));
  assert.equal(viewer.answers.length, 2);
  await viewer.close();
});

Deno.test("links: --open lets viewers of the old kind in, and still checks a link that is shown", async () => {
  await using box = await LinkedBox.start(["--open"]);
  const { viewer, channel } = await Viewer.open(await box.options({ filePath: "films/a.bin" }));
  assert.deepEqual(await channel.bytes(0, 10_000), patterned(10_000));
  box.links.verify(viewer);
  await viewer.close();
  const foreign = new BoxLinks().prover();
  assert.equal((await box.refusal({ prove: foreign.prove })).detail, "wrong");
  const { prove } = box.links.prover({ path: "films/b.bin", kind: "file" });
  const other = await Viewer.start(await box.options({ filePath: "films/a.bin", prove }));
  assert.equal(await within(PATIENCE_MS, "the bye", other.viewer.bye), "path-not-allowed");
  await other.viewer.close(true);
});
