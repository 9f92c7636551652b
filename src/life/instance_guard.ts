/**
 * The sign that an instance of the program runs: a port of the loopback on which it answers a greeting. It is
 * gone with the process, however that ended. It needs nothing but the network, so that it lies in the thread
 * that meets the network first.
 */
import { getLogger } from "@logtape/logtape";
import { AlreadyRunning } from "../thread/thread.ts";
import type { Instance } from "./instance_ports.ts";

const LOOPBACK = "127.0.0.1";

/** Who holds a port has so long to answer, in milliseconds; the runtime of a busy machine may need that. */
const ANSWER_MS = 1_000;

/** A refused connection is told at once, but on Windows, which tries again for two seconds. */
const CONNECT_MS = 200;

export interface InstanceGuard {
  /** Gives the port back. */
  close(): void;
}

/**
 * Claims an instance.
 *
 * @returns its guard; "taken" where another process has claimed it; undefined where foreign programs hold
 * all its ports
 */
export async function claimInstance(instance: Instance): Promise<InstanceGuard | "taken" | undefined> {
  // An instance may hold a later port while an earlier one is free again.
  const holders = await Promise.all(instance.ports.map((port) => holderOf(port, instance)));
  if (holders.includes("instance")) return "taken";
  for (const [index, port] of instance.ports.entries()) {
    if (holders[index] === "foreign") continue;
    const listener = listen(port);
    if (listener !== undefined) {
      void greetAll(listener, instance);
      return listener;
    }
    // Since a moment ago: of two that start at once one comes first.
    if (await holderOf(port, instance) === "instance") return "taken";
  }
  return undefined;
}

/**
 * Claims an instance for as long as this thread lives.
 *
 * @throws {AlreadyRunning}
 */
export async function holdInstance(instance: Instance | undefined): Promise<void> {
  if (instance === undefined) return;
  const claim = await claimInstance(instance);
  if (claim === "taken") throw new AlreadyRunning("it is running already");
  if (claim !== undefined) return;
  getLogger(["unarr", "life"]).warn(
    "other programs hold the ports {ports}: a second instance would not notice this one",
    { ports: instance.ports.join(", ") },
  );
}

function greeting({ id }: Instance): string {
  return `unarr-stream ${id}\n`;
}

function listen(port: number): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname: LOOPBACK, port });
  } catch {
    // Taken, or one of those that Windows keeps for itself.
    return undefined;
  }
}

async function greetAll(listener: Deno.TcpListener, instance: Instance): Promise<void> {
  const bytes = new TextEncoder().encode(greeting(instance));
  for (;;) {
    let connection: Deno.TcpConn;
    try {
      connection = await listener.accept();
    } catch (error) {
      if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
      // No handle left for it; the thread's other work may give some back.
      await new Promise((resolve) => setTimeout(resolve, CONNECT_MS));
      continue;
    }
    // It fits the empty send buffer of a new connection: nobody can make this wait.
    await connection.write(bytes).catch(() => {});
    connection.close();
  }
}

/** Who answers on the port: an instance that is the same, another program, nobody. */
async function holderOf(port: number, instance: Instance): Promise<"instance" | "foreign" | "nobody"> {
  const connection = await connect(port);
  if (connection === undefined) return "nobody";
  const late = setTimeout(() => connection.close(), ANSWER_MS);
  try {
    const text = await readText(connection, greeting(instance).length);
    return text === greeting(instance) ? "instance" : "foreign";
  } catch {
    return "foreign";
  } finally {
    clearTimeout(late);
    close(connection);
  }
}

async function connect(port: number): Promise<Deno.TcpConn | undefined> {
  let late: ReturnType<typeof setTimeout> | undefined;
  const connecting = Deno.connect({ hostname: LOOPBACK, port });
  const patience = new Promise<undefined>((resolve) =>
    late = setTimeout(() => resolve(undefined), CONNECT_MS)
  );
  try {
    const connection = await Promise.race([connecting, patience]);
    if (connection === undefined) void connecting.then(close, () => {});
    return connection;
  } catch {
    return undefined;
  } finally {
    clearTimeout(late);
  }
}

/** At most `length` bytes, as Latin text; fewer where the connection ends before. */
async function readText(connection: Deno.TcpConn, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) break;
    at += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, at));
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}
