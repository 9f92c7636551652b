type Os = typeof Deno.build.os;

/** Refused exactly, not what lies below them. */
const UNIX = new Set(
  "/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /opt /proc /root /run /sbin /sys /tmp /usr /var".split(
    " ",
  ),
);

/** macOS's own besides; some of Unix are links to what is below `/private`. */
const MACOS = new Set(
  "/applications /library /private /private/etc /private/tmp /private/var /system /users".split(" "),
);

const WINDOWS = /^[a-z]:(\/(windows|program files( \(x86\))?|programdata|users))?$/;

/** Hidden directories of the home directory that people keep media in. */
const HIDDEN_ALLOWED = [".config", ".local"];

/**
 * Whether sharing `path`, absolute and without `.` or `..`, would share what is no media: a directory of the
 * system, a whole drive, the home directory, or a hidden directory directly in it (control-plane.md, section 9).
 *
 * @param homes the home directory, under each of its names
 */
export function isSystemDirectory(path: string, homes: readonly string[], os: Os = Deno.build.os): boolean {
  const own = normal(path, os);
  if (isOfSystem(own, os)) return true;
  return homes.some((home) => {
    const base = normal(home, os);
    if (own === base) return true;
    if (!own.startsWith(`${base}/`)) return false;
    const [first, ...deeper] = own.slice(base.length + 1).split("/");
    return deeper.length === 0 && first!.startsWith(".") && !HIDDEN_ALLOWED.includes(first!);
  });
}

function isOfSystem(path: string, os: Os): boolean {
  if (os === "windows") return WINDOWS.test(path);
  return UNIX.has(path) || (os === "darwin" && MACOS.has(path));
}

/** One separator between parts and none at the end; lower case where the system tells no cases apart. */
function normal(path: string, os: Os): string {
  const slashes = os === "windows" ? path.replace(/^\\\\\?\\/, "").replaceAll("\\", "/") : path;
  const open = slashes.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
  return os === "windows" || os === "darwin" ? open.toLowerCase() : open;
}
