/**
 * What a thread is permitted, given and checked from one description. The check asks the runtime and then
 * tries: a flag that is missing or a runtime that reads options otherwise must not leave a thread that hears
 * the network able to do what main can.
 */

/** All that a thread may do; what is not named here is refused. */
export interface Confinement {
  /** Canonical paths that it may read, with what lies below them. */
  readonly read: readonly string[];
  readonly net: boolean;
  /** Kinds of system information. */
  readonly sys: readonly SysKind[];
}

type SysKind = NonNullable<Deno.SysPermissionDescriptor["kind"]>;

const SYS_KINDS: readonly SysKind[] = [
  "loadavg",
  "hostname",
  "systemMemoryInfo",
  "networkInterfaces",
  "osRelease",
  "osUptime",
  "uid",
  "gid",
  "username",
  "cpus",
  "homedir",
  "statfs",
];

/** For the worker's `deno.permissions`. */
export function permissionsOf({ read, net, sys }: Confinement): Deno.PermissionOptionsObject {
  return {
    read: read.length > 0 && [...read],
    net,
    sys: sys.length > 0 && [...sys],
    env: false,
    ffi: false,
    import: false,
    run: false,
    write: false,
  };
}

/** What this thread can do that it must not, or must do and cannot, as part of a sentence; undefined where all is right. */
export function confinementFault(confinement: Confinement): string | undefined {
  return grantFault(confinement) ?? attemptFault(confinement);
}

function grantFault({ read, net, sys }: Confinement): string | undefined {
  for (const name of ["env", "ffi", "import", "run", "sys", "write"] as const) {
    if (isGranted({ name })) return `it has the permission "${name}"`;
  }
  for (const kind of SYS_KINDS) {
    if (isGranted({ name: "sys", kind }) !== sys.includes(kind)) {
      return wrong(`sys ${kind}`, sys.includes(kind));
    }
  }
  if (isGranted({ name: "net" }) !== net) return wrong("net", net);
  if (isGranted({ name: "read" })) return `it has the permission "read" for everything`;
  // Which folder it is would be a path in the log.
  if (!read.every((path) => isGranted({ name: "read", path }))) return "it cannot read a shared folder";
  return undefined;
}

/** Each of these would fail harmlessly were it permitted, and fails in another way where it is not. */
function attemptFault({ read, sys }: Confinement): string | undefined {
  const attempts: Record<string, () => unknown> = {
    "read the environment": () => Deno.env.toObject(),
    "start programs": () => new Deno.Command("/").spawn(),
    "write files": () => Deno.mkdirSync("/"),
    "load native libraries": () => Deno.dlopen("/", {}),
    ...(sys.includes("hostname") ? {} : { "read the host's name": () => Deno.hostname() }),
    ...(read.some(isTop) ? {} : { "read the root of the file system": () => Deno.readDirSync("/").next() }),
  };
  const possible = Object.entries(attempts).find(([, attempt]) => !isRefused(attempt));
  return possible === undefined ? undefined : `it can ${possible[0]}`;
}

function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

function isRefused(attempt: () => unknown): boolean {
  try {
    attempt();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotCapable;
  }
}

/** Whether a share is a whole file system or drive. */
function isTop(path: string): boolean {
  return /^([A-Za-z]:)?[\\/]$/.test(path);
}

function wrong(permission: string, wanted: boolean): string {
  return `it ${wanted ? "lacks" : "has"} the permission "${permission}"`;
}
