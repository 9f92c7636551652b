import type { ProgramCommand } from "../../program/program_command.ts";
import {
  type GivenOption,
  oneLine,
  serviceArguments,
  type ServiceCommand,
  ServiceError,
} from "./command_line.ts";

/** Where a service sees nothing of the system's own files. */
const HIDDEN = /^\/(home|root|run\/user|tmp|var\/tmp)\//;

/**
 * A unit for systemd 250 or later, whose credentials have a specifier.
 *
 * @throws {ServiceError} for a path that a unit cannot express
 */
export function systemdUnit(program: ProgramCommand, service: ServiceCommand): string {
  const [executable, ...before] = program.words;
  const named = [...service.globals, ...service.options].filter(({ file }) => file);
  const files = named.filter(({ grows }) => !grows);
  const growing = named.filter(({ grows }) => grows).map(({ value }) => value!);
  const words = [
    ...before.map(argument),
    ...serviceArguments(service, argument, (option) => `${option.flag}=%d/${credential(option)}`),
  ];
  const visible = [...service.roots, ...[...program.loads, ...growing].filter((path) => HIDDEN.test(path))];
  return `\
# /etc/systemd/system/unarr-stream.service, then: systemctl enable --now unarr-stream
[Unit]
Description=unarr-stream: watch the files on this box from a browser
Wants=network-online.target
After=network-online.target
RequiresMountsFor=${service.roots.map(quoted).join(" ")}

[Service]
Type=exec
ExecStart=${[quoted(executable), ...words].join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
# A refused key and a wrong configuration stay so.
RestartPreventExitStatus=77 78
# Viewers are told and the relay is left before it ends.
TimeoutStopSec=20
${output(service)}
${files.map((option) => `${loadCredential(option)}\n`).join("")}${growing.map(readable).join("")}${
    program.interpreted ? CACHE : ""
  }
# A user of its own, without rights: the media have to be readable by all, or by a group that is named here.
DynamicUser=yes
#SupplementaryGroups=media
UMask=0077
CapabilityBoundingSet=
NoNewPrivileges=yes

# It writes nothing, and of homes and temporary files sees what is shared alone.
ProtectSystem=strict
ProtectHome=tmpfs
PrivateTmp=yes
PrivateDevices=yes
${visible.map((path) => `BindReadOnlyPaths=${quoted(path)}\n`).join("")}
ProtectProc=invisible
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
# Netlink lists the network's interfaces, whose addresses are offered to viewers.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
# V8 guards the code that it makes with memory protection keys, where the processor has them.
SystemCallFilter=@system-service @pkey
SystemCallErrorNumber=EPERM
# No MemoryDenyWriteExecute: V8 makes machine code while it runs.

[Install]
WantedBy=multi-user.target
`;
}

/** The runtime unpacks packages, which needs a place of its own under a user who has no home. */
const CACHE = `\
CacheDirectory=unarr-stream
Environment=DENO_DIR=%C/unarr-stream
`;

function output({ tellsToken }: ServiceCommand): string {
  return tellsToken
    ? `# The link, with a token that is new at each start, is in the journal: journalctl -u unarr-stream.
# With --viewer-token-file the token stays, and the journal holds none.`
    : `# The link has a token, which the journal need not hold.
StandardOutput=null`;
}

/** The name by which a service finds its copy of a file, say `api-key` for `--api-key-file`. */
function credential({ flag }: GivenOption): string {
  return flag.replace(/^--/, "").replace(/-file$/, "");
}

function readable(path: string): string {
  return `# Read again at each reload: all users, or the group below, have to be able to read ${
    oneLine(path)
  }.\n`;
}

/** The path is the rest of the line as it stands, without quotes; specifiers are expanded. */
function loadCredential(option: GivenOption): string {
  const path = oneLine(option.value!);
  if (/[\s\\]$/.test(path)) {
    throw new ServiceError(`a unit cannot name a file that ends so: ${JSON.stringify(path)}`);
  }
  return `LoadCredential=${credential(option)}:${path.replaceAll("%", "%%")}`;
}

/** A word of `ExecStart=` after the first (systemd.service(5), COMMAND LINES). */
function argument(word: string): string {
  return quoted(word.replaceAll("$", "$$$$"));
}

/** A word of a unit's value (systemd.syntax(7), QUOTING), without specifiers (systemd.unit(5)). */
function quoted(word: string): string {
  const text = oneLine(word).replaceAll("%", "%%");
  return /^[\w/.,=@+%$-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}
