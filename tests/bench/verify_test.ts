/** What a run must not let pass, with real senders and receivers. */
import assert from "node:assert/strict";
import { Connection } from "../../bench/connection.ts";
import { connect, type Plan, verify } from "../../bench/measure/plan.ts";
import { stackReceiver } from "../../bench/receivers/stack.ts";
import { SeededFile } from "../../bench/seeded_file.ts";
import { LIBDATACHANNEL, PROGRAM } from "../../bench/senders/mod.ts";
import type { SenderKind } from "../../bench/senders/sender.ts";
import { stackSender } from "../../bench/senders/stack.ts";
import { Unavailable } from "../../bench/unavailable.ts";
import { TempDir } from "../support/temp_dir.ts";
import { within } from "../support/within.ts";

const MIB = 1 << 20;
const receiver = stackReceiver("libdatachannel");

/** Two files in one directory; they differ in what they hold. */
async function files(stack: AsyncDisposableStack, ...sizes: number[]): Promise<SeededFile[]> {
  return await Promise.all(sizes.map(async (size, i) => {
    const dir = stack.use(await TempDir.make());
    return await SeededFile.make(dir.path, size, i + 1);
  }));
}

function planOf(file: SeededFile): Plan {
  return {
    file,
    rounds: 1,
    seed: 1,
    senders: [],
    receivers: [receiver],
    progress() {},
    retries: new Map(),
    omitted: new Map(),
  };
}

/** A sender that serves another file than it is told to. */
const wrongly = (kind: SenderKind, other: SeededFile): SenderKind => ({
  ...kind,
  start: () => kind.start(other),
});

for (const kind of [PROGRAM, LIBDATACHANNEL]) {
  Deno.test(`${kind.name}: the file's bytes pass, others of the same number do not`, async () => {
    await using stack = new AsyncDisposableStack();
    const [file, other] = await files(stack, 2 * MIB, 2 * MIB);
    await verify({ sender: kind, receiver }, planOf(file!));
    const wrong = { sender: wrongly(kind, other!), receiver };
    await assert.rejects(verify(wrong, planOf(file!)), /not the file's bytes from 0 on/);
  });
}

Deno.test("bytes that are missing, and a range that is refused, fail the transfer", async () => {
  await using stack = new AsyncDisposableStack();
  const [file, shorter] = await files(stack, 2 * MIB, MIB);
  await using connection = await Connection.open(wrongly(PROGRAM, shorter!), receiver, file!);
  await assert.rejects(connection.readAll(0, 2 * MIB), /1048576 bytes arrived instead of 2097152/);
  await assert.rejects(connection.readAll(MIB, MIB), /the range ended with status 2/);
});

Deno.test("a sender that ends fails the transfer at once, with what it said last", async () => {
  await using stack = new AsyncDisposableStack();
  const [file, shorter] = await files(stack, 2 * MIB, MIB);
  await using connection = await Connection.open(wrongly(LIBDATACHANNEL, shorter!), receiver, file!);
  const transfer = connection.readAll(0, 2 * MIB);
  await assert.rejects(within(10_000, "the failure", transfer), /the file is shorter than the range/);
});

Deno.test("a stack that cannot be loaded is unavailable, and is not tried again", async () => {
  await using stack = new AsyncDisposableStack();
  const [file] = await files(stack, MIB);
  const plan = planOf(file!);
  const sender = stackSender("nothing" as "werift", "no stack", { high: 1, low: 1 });
  await assert.rejects(connect({ sender, receiver }, plan), (error: unknown) => {
    assert.ok(error instanceof Unavailable);
    assert.equal(error.missing, "nothing");
    assert.match(error.message, /no stack is called nothing/);
    return true;
  });
  assert.equal(plan.retries.size, 0);
});
