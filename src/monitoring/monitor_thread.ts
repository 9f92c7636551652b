/** The module of the monitor's thread. */
import { getLogger } from "@logtape/logtape";
import { runThread } from "../thread/thread.ts";
import { answer } from "./answer.ts";
import { MONITOR_CONFINEMENT, type MonitorDialogue } from "./monitor_messages.ts";
import type { Snapshot } from "./snapshot.ts";

const log = getLogger(["unarr", "monitoring"]);

runThread<MonitorDialogue>({
  confinement: () => MONITOR_CONFINEMENT,
  start: ({ hostname, port, build }) => {
    let snapshot: Snapshot | undefined;
    let takenAt = 0;
    const server = serve(
      hostname,
      port,
      (request) => answer(request, build, snapshot, performance.now() - takenAt),
    );
    return Promise.resolve({
      ready: { port: server.addr.port },
      command: (next) => {
        snapshot = next;
        takenAt = performance.now();
      },
      stop: () => server.shutdown(),
    });
  },
});

function serve(hostname: string, port: number, handler: (request: Request) => Response): Server {
  try {
    return Deno.serve({
      hostname,
      port,
      onListen: () => {},
      onError: (error) => {
        log.error("{error}", { error: String(error) });
        return new Response(null, { status: 500 });
      },
    }, handler);
  } catch (error) {
    const why = error instanceof Deno.errors.AddrInUse ? "it is taken by another program" : String(error);
    throw new Error(`metrics cannot be served at ${hostname}:${port}: ${why}; choose another with --metrics`);
  }
}

type Server = Deno.HttpServer<Deno.NetAddr>;
