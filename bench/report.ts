/** The results as they are written to a file: what was measured, round by round, and where. */

/** One timed transfer. */
export interface Sample {
  /** From the first request to the last byte. */
  readonly milliseconds: number;
  /** User and system time of the sender's process during the transfer, in seconds; null if not known. */
  readonly cpuSeconds: number | null;
  /** Resident memory of the sender's process at its peak during the transfer; null if not known. */
  readonly peakBytes: number | null;
  /** The same just before the transfer, after the warm-up. */
  readonly restingBytes: number | null;
}

export interface ThroughputCell {
  readonly sender: string;
  readonly receiver: string;
  /** One a round. */
  readonly samples: readonly Sample[];
}

export interface SessionsCell {
  readonly sender: string;
  readonly sessions: number;
  /** One a round, with the time of each session; each transfers the whole file. */
  readonly samples: readonly (Sample & { readonly each: readonly number[] })[];
}

export interface SeekCell {
  readonly sender: string;
  readonly receiver: string;
  /** Milliseconds of each seek, by round. */
  readonly rounds: readonly (readonly number[])[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly deno: string;
  readonly chromium: string | null;
  /** Of the last minute, before the first round: what else ran. */
  readonly load: number;
}

export interface Report {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly seed: number;
  readonly rounds: number;
  /** Size of the file that each transfer moves. */
  readonly bytes: number;
  readonly senders: readonly { readonly name: string; readonly setting: string }[];
  /** Why this machine could not run something, by name. */
  readonly omitted: Readonly<Record<string, string>>;
  /** How often a connection did not come about and was tried again, by pair. */
  readonly retries: Readonly<Record<string, number>>;
  readonly throughput?: readonly ThroughputCell[];
  readonly sessions?: { readonly receiver: string; readonly cells: readonly SessionsCell[] };
  readonly seek?: readonly SeekCell[];
}

/** Mbit/s of file bytes. */
export function rates(samples: readonly Sample[], bytes: number): number[] {
  return samples.map(({ milliseconds }) => bytes * 8 / milliseconds / 1e3);
}

/** Seconds of processor time for 10⁹ bytes; undefined unless known for all rounds. */
export function cpuPerGigabyte(samples: readonly Sample[], bytes: number): number[] | undefined {
  const seconds = samples.map(({ cpuSeconds }) => cpuSeconds);
  return seconds.every((value) => value !== null) ? seconds.map((value) => value / (bytes / 1e9)) : undefined;
}

/** Peaks of memory in MB of 10⁶ bytes; undefined unless known for all rounds. */
export function peaks(samples: readonly Sample[]): number[] | undefined {
  const bytes = samples.map(({ peakBytes }) => peakBytes);
  return bytes.every((value) => value !== null) ? bytes.map((value) => value / 1e6) : undefined;
}
