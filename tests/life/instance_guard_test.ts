import assert from "node:assert/strict";
import { claimInstance, type InstanceGuard } from "../../src/life/instance_guard.ts";
import { type Instance, instanceOf } from "../../src/life/instance_ports.ts";

/** An instance that no other run of this test has. */
function own(): Promise<Instance> {
  return instanceOf([crypto.randomUUID()]);
}

async function claimed(instance: Instance): Promise<InstanceGuard> {
  const guard = await claimInstance(instance);
  assert.ok(guard !== undefined && guard !== "taken");
  return guard;
}

/** A program that is none of ours on a port; says `text` to whoever comes, or nothing and holds on. */
function foreign(port: number, text?: string): Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const held: Deno.TcpConn[] = [];
  void (async () => {
    for await (const connection of listener) {
      held.push(connection);
      if (text === undefined) continue;
      await connection.write(new TextEncoder().encode(text)).catch(() => {});
      connection.closeWrite().catch(() => {});
    }
  })();
  return {
    [Symbol.dispose]() {
      listener.close();
      for (const connection of held) connection.close();
    },
  };
}

/** Which of the instance's ports is bound. */
function boundPorts({ ports }: Instance): number[] {
  return ports.filter((port) => {
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return false;
    } catch {
      return true;
    }
  });
}

Deno.test("instance: words give the same id and four ports in the range each time, other words others", async () => {
  const words = ["/media", "127.0.0.1:8090"];
  assert.deepEqual(await instanceOf(words), await instanceOf([...words]));
  assert.deepEqual(await instanceOf(words), {
    id: "b8342500b4cb2fa8",
    ports: [28_000, 20_740, 20_829, 27_682],
  });
  for (let i = 0; i < 200; i++) {
    const { id, ports } = await instanceOf([String(i)]);
    assert.match(id, /^[0-9a-f]{16}$/);
    assert.equal(new Set(ports).size, 4);
    assert.ok(ports.every((port) => port >= 20_480 && port < 28_672), ports.join());
  }
  assert.notEqual((await instanceOf(["a", "b"])).id, (await instanceOf(["ab"])).id);
});

Deno.test("instance: a second claim is told, and the port comes free with the first", async () => {
  const instance = await own();
  const guard = await claimed(instance);
  assert.deepEqual(boundPorts(instance), [instance.ports[0]]);
  for (let i = 0; i < 3; i++) assert.equal(await claimInstance(instance), "taken");
  guard.close();
  (await claimed(instance)).close();
});

Deno.test("instance: of ten that start at once one is the first", async () => {
  const instance = await own();
  const claims = await Promise.all(Array.from({ length: 10 }, () => claimInstance(instance)));
  const guards = claims.filter((claim) => claim !== "taken");
  assert.equal(guards.length, 1);
  (guards[0] as InstanceGuard).close();
});

for (
  const [what, text] of [
    ["is silent", undefined],
    ["says something else", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["ends at once", ""],
    ["is an instance with other folders", "unarr-stream 0123456789abcdef\n"],
  ] as const
) {
  Deno.test(`instance: a foreign program that ${what} is not taken for a second instance`, async () => {
    const instance = await own();
    using _first = foreign(instance.ports[0]!, text);
    using _second = foreign(instance.ports[1]!, text);
    const guard = await claimed(instance);
    assert.deepEqual(boundPorts(instance), instance.ports.slice(0, 3));
    assert.equal(await claimInstance(instance), "taken");
    guard.close();
  });
}

Deno.test("instance: one that holds a later port is found when an earlier one is free again", async () => {
  const instance = await own();
  const first = foreign(instance.ports[0]!, "");
  const guard = await claimed(instance);
  first[Symbol.dispose]();
  assert.equal(await claimInstance(instance), "taken");
  guard.close();
});

Deno.test("instance: where foreign programs hold all ports there is no guard", async () => {
  const instance = await own();
  const all = instance.ports.map((port) => foreign(port, ""));
  assert.equal(await claimInstance(instance), undefined);
  for (const one of all) one[Symbol.dispose]();
});
