import type { Receiver } from "../receivers/receiver.ts";
import type { SeededFile } from "../seeded_file.ts";

/** A program that serves a file's ranges over data channels, in a process of its own. */
export interface Sender extends AsyncDisposable {
  /** Of the process that does all of the sending. */
  readonly pid: number;
  /** Rejects when the process ends before it is told to. */
  readonly ended: Promise<never>;
  /** Connects it to a receiver; resolves when that may ask for ranges. */
  connect(receiver: Receiver): Promise<void>;
}

/** A way to send, as it is named in the results. */
export interface SenderKind {
  readonly name: string;
  /** How it is set up, for who reads the results. */
  readonly setting: string;
  /** @throws {Unavailable} where this machine cannot run it */
  start(file: SeededFile): Promise<Sender>;
}
