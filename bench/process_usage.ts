/** What a process has used, from Linux' `/proc` (proc(5)); undefined on other systems. */

/** Clock ticks a second in `/proc`: USER_HZ, which is 100 on every architecture that Deno runs on. */
const USER_HZ = 100;

export interface Usage {
  /** User and system time of all threads, in seconds. */
  readonly cpuSeconds: number;
  /**
   * The most memory that was resident at once, in bytes: the whole process with its runtime and what it
   * held before, in the time that was measured.
   */
  readonly peakBytes: number;
  /** Resident memory at the beginning, in bytes. */
  readonly restingBytes: number;
}

/** User and system time in a `/proc/<pid>/stat`, in clock ticks. */
export function cpuTicks(stat: string): number {
  // The name of the process, in brackets, may hold anything: fields are counted behind it, state is the 3rd.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[14 - 3]) + Number(fields[15 - 3]);
}

/** A field of a `/proc/<pid>/status` that is given in kB, in bytes. */
export function statusBytes(status: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status);
  if (found === null) throw new RangeError(`the status of the process has no ${field}`);
  return Number(found[1]) * 1_024;
}

/** Runs `work` and says what the process used meanwhile. */
export async function measureUsage<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ result: T; usage: Usage | undefined }> {
  if (Deno.build.os !== "linux") return { result: await work(), usage: undefined };
  // Sets VmHWM to what is resident, so that starting up does not count.
  await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
  const before = await snapshot(pid);
  const result = await work();
  const after = await snapshot(pid);
  return {
    result,
    usage: {
      cpuSeconds: (after.ticks - before.ticks) / USER_HZ,
      peakBytes: after.peak,
      restingBytes: before.resident,
    },
  };
}

async function snapshot(pid: number): Promise<{ ticks: number; peak: number; resident: number }> {
  const [stat, status] = await Promise.all([
    Deno.readTextFile(`/proc/${pid}/stat`),
    Deno.readTextFile(`/proc/${pid}/status`),
  ]);
  return {
    ticks: cpuTicks(stat),
    peak: statusBytes(status, "VmHWM"),
    resident: statusBytes(status, "VmRSS"),
  };
}
