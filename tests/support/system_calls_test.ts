import assert from "node:assert/strict";
import { pathCalls } from "./system_calls.ts";

const TRACE = `12 1795422436.787271 openat(AT_FDCWD</srv>, "films/../a b", O_RDONLY|O_CLOEXEC) = 9</srv/a b>
12 1795422436.787272 readlink("/proc/self/exe", "/bin/program", 256) = 12
13 1795422436.787273 statx(9</srv/a b>, "", AT_EMPTY_PATH, STATX_ALL, {stx_mode=S_IFREG|0644, ...}) = 0
13 1795422436.787274 openat(AT_FDCWD</srv>, "/etc/x\\"y", O_RDONLY <unfinished ...>
12 1795422436.787275 getcwd( <unfinished ...>
13 1795422436.787276 <... openat resumed>) = -1 ENOENT (No such file or directory)
12 1795422436.787277 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---
12 1795422436.787278 +++ exited with 0 +++
`;

Deno.test("system calls: each with its time and its path, whichever way it is given", () => {
  assert.deepEqual(pathCalls(TRACE).map(({ at, name, path }) => [at, name, path]), [
    [1795422436787.271, "openat", "/srv/a b"],
    [1795422436787.272, "readlink", "/proc/self/exe"],
    [1795422436787.273, "statx", "/srv/a b"],
    [1795422436787.274, "openat", '/etc/x\\"y'],
  ]);
});

Deno.test("system calls: one whose path cannot be told is no trace", () => {
  assert.throws(
    () => pathCalls("12 1795422436.787271 openat(AT_FDCWD, 0xdead, O_RDONLY) = -1 EFAULT"),
    /path/,
  );
});
