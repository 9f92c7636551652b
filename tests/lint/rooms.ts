/**
 * A lint rule for the table of rooms: which folder of `src` may import which, which packages belong
 * where, and who may name `Deno`.
 */

interface Room {
  /** Other rooms, or single files of them, that may be imported. */
  readonly imports: readonly string[];
  /** Packages and built-in modules that may be imported. */
  readonly packages: readonly string[];
  /** Members of `Deno` that may be named; `true` for all. */
  readonly deno: true | readonly string[];
}

const ROOMS: Record<string, Room> = {
  wire: { imports: [], packages: [], deno: [] },
  signal: { imports: [], packages: ["valibot", "eventsource-parser"], deno: [] },
  trust: {
    imports: [],
    packages: ["@noble/ed25519", "@noble/hashes", "valibot", "node:buffer", "node:crypto"],
    deno: [],
  },
  rtc: {
    imports: [],
    packages: ["werift", "node:"],
    deno: ["errors", "listenDatagram", "networkInterfaces", "permissions"],
  },
  thread: {
    imports: [],
    packages: ["@logtape/logtape"],
    // All but the permissions are what a thread tries at its start and must not be able to do.
    deno: [
      "permissions",
      "errors",
      "env",
      "Command",
      "mkdirSync",
      "dlopen",
      "hostname",
      "readDirSync",
    ],
  },
  life: {
    imports: ["thread"],
    packages: ["@logtape/logtape", "node:buffer"],
    deno: ["build", "addSignalListener", "connect", "errors", "listen", "TcpConn", "TcpListener"],
  },
  monitoring: {
    imports: ["thread", "relay/relay_figures.ts"],
    packages: ["@logtape/logtape"],
    deno: ["errors", "serve", "HttpServer", "NetAddr"],
  },
  serve: {
    imports: ["wire", "signal", "trust", "rtc", "thread", "life/instance_guard.ts", "life/instance_ports.ts"],
    packages: ["valibot", "@logtape/logtape"],
    deno: true,
  },
  relay: {
    imports: [
      "signal/envelope.ts",
      "signal/relay_api.ts",
      "signal/agent_api.ts",
      "thread",
      "life/instance_guard.ts",
      "life/instance_ports.ts",
    ],
    packages: [
      "hono",
      "valibot",
      "node:crypto",
      "node:net",
      "@logtape/logtape",
      "@opentelemetry/api",
      "@redis/client",
    ],
    deno: ["ServeHandlerInfo", "Addr", "NetAddr", "serve", "errors"],
  },
  player: {
    imports: ["wire", "signal", "trust"],
    packages: ["valibot", "mediabunny", "@mediabunny"],
    deno: [],
  },
  program: {
    imports: ["deno.json"],
    packages: ["@logtape/logtape", "node:fs", "node:path", "node:url"],
    deno: ["build", "execPath", "mainModule", "stderr"],
  },
  config: {
    imports: ["program", "signal/relay_api.ts", "trust"],
    packages: ["smol-toml", "valibot", "node:buffer", "node:net"],
    deno: ["build", "env", "errors", "permissions", "readFile", "readTextFile", "realPath", "stat"],
  },
  daemon: {
    imports: ["program", "config", "thread", "life", "monitoring", "signal", "trust", "serve", "relay"],
    packages: ["@logtape/logtape", "node:buffer"],
    deno: [
      "build",
      "errors",
      "memoryUsage",
      "networkInterfaces",
      "open",
      "readDir",
      "readFile",
      "readTextFile",
      "stat",
      "version",
    ],
  },
  doctor: {
    imports: [
      "program",
      "config",
      "thread",
      "rtc/dtls/record",
      "rtc/dtls/record_header.ts",
      "rtc/ice",
      "rtc/udp/deno_udp.ts",
      "relay/turn_credentials.ts",
      "serve/largest_video.ts",
      "serve/engine_messages.ts",
      "serve/path_rules.ts",
    ],
    packages: ["node:buffer", "node:crypto", "node:dns/promises", "node:net", "node:path"],
    deno: [
      "Conn",
      "connect",
      "errors",
      "listen",
      "networkInterfaces",
      "readDir",
      "realPath",
      "startTls",
    ],
  },
  commands: {
    imports: ["program", "config", "daemon", "doctor", "trust"],
    packages: ["commander", "uqr", "node:buffer", "node:path"],
    deno: ["build", "consoleSize", "noColor", "stdout", "version"],
  },
};

/** Build scripts that live beside what they build. */
const BUILD_SCRIPTS = ["player/bundle.ts", "player/bundle_client.ts"];

interface Place {
  readonly room: string;
  readonly rule: Room;
}

function placeOf(filename: string): Place | undefined {
  const path = filename.replaceAll("\\", "/").match(/\/src\/(.+)$/)?.[1];
  if (path === undefined || BUILD_SCRIPTS.includes(path)) return undefined;
  const room = path.split("/")[0]!;
  const rule = ROOMS[room];
  return rule === undefined ? undefined : { room, rule };
}

/** Why `specifier`, imported by `filename`, breaks the table; undefined where it does not. */
export function importFault(filename: string, specifier: string): string | undefined {
  if (/^(jsr|https?|file|data|npm):/.test(specifier)) {
    return `"${specifier}": name packages in deno.json, by npm`;
  }
  const place = placeOf(filename);
  if (place === undefined) return undefined;
  const { room, rule } = place;
  if (!specifier.startsWith(".")) {
    const allowed = rule.packages.some((name) =>
      name.endsWith(":") ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`)
    );
    return allowed ? undefined : `${room} does not use the package "${specifier}"`;
  }
  const target = new URL(specifier, `file://${filename.replaceAll("\\", "/")}`).pathname;
  // The program's name and version are in the project's manifest.
  const path = target.match(/\/src\/(.+)$/)?.[1] ?? target.match(/\/(deno\.json)$/)?.[1];
  if (path === undefined) return `${room} reaches out of src with "${specifier}"`;
  if (path.startsWith(`${room}/`)) return undefined;
  const allowed = rule.imports.some((name) => path === name || path.startsWith(`${name}/`));
  return allowed ? undefined : `${room} does not import ${path}`;
}

const plugin: Deno.lint.Plugin = {
  name: "rooms",
  rules: {
    imports: {
      create(context) {
        const check = (node: { source: { value: unknown } | null; range: [number, number] }) => {
          if (node.source === null) return;
          const fault = importFault(context.filename, String(node.source.value));
          if (fault !== undefined) context.report({ range: node.range, message: fault });
        };
        return {
          ImportDeclaration: (node) => check(node as never),
          ExportAllDeclaration: (node) => check(node as never),
          ExportNamedDeclaration: (node) => check(node as never),
          ImportExpression(node) {
            if (node.source.type === "Literal") return check(node as never);
            // A computed specifier could name any file, past the sandbox of the thread.
            if (!/[\\/]src[\\/]|main\.ts$/.test(context.filename)) return;
            context.report({ node, message: "an import's specifier is a literal" });
          },
        };
      },
    },
    deno: {
      create(context) {
        const place = placeOf(context.filename);
        if (place === undefined || place.rule.deno === true) return {};
        const allowed = place.rule.deno;
        return {
          'MemberExpression[object.name="Deno"]'(node: Deno.lint.MemberExpression) {
            const name = node.property.type === "Identifier" ? node.property.name : "?";
            if (!allowed.includes(name)) {
              context.report({ node, message: `${place.room} does not use Deno.${name}` });
            }
          },
        };
      },
    },
  },
};

export default plugin;
