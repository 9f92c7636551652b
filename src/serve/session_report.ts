import type { SelectedPair } from "../rtc/answerer.ts";
import { log, short } from "./log.ts";
import type { Response } from "./responses.ts";
import type { Ending } from "./session_machine.ts";

/** Malformed messages that get a line of their own. */
const LOGGED_MALFORMED = 5;

/** A viewer that asks for files that are not to be had is not to fill the log. */
const MAX_REFUSALS_LOGGED = 8;

/** What the log says of one session, and the counts that go into its last line. */
export class SessionReport {
  readonly #session: string;
  readonly #began = performance.now();
  #offeredAt = 0;
  #started = false;
  #opened = false;
  #sent = 0;
  #ranges = 0;
  #refused = 0;

  constructor(id: string) {
    this.#session = short(id);
  }

  /** Bytes of files sent, in the ranges that are over. */
  get sent(): number {
    return this.#sent;
  }

  /** Said once. @param what base name of the file, or the library */
  start(what: string): void {
    if (this.#started) return;
    this.#started = true;
    log.info("{session} start: {what}", { session: this.#session, what });
  }

  /** The first answer was made. */
  answered(): void {
    if (this.#offeredAt === 0) this.#offeredAt = performance.now();
  }

  /** A file that the viewer asked for is not to be had. */
  refused(reason: string): void {
    if (++this.#refused > MAX_REFUSALS_LOGGED) return;
    log.warn("{session} refused a file: {reason}", { session: this.#session, reason });
  }

  /** A file is another one now. @param name its base name */
  changed(name: string): void {
    log.info("{session} {name} changed while it is served", { session: this.#session, name });
  }

  /** A request has the number of one that is not over. */
  duplicate(streamId: number): void {
    log.warn("{session} duplicate id {streamId}", { session: this.#session, streamId });
  }

  open(pair: SelectedPair | undefined): void {
    this.#opened = true;
    log.info("{session} open after {ms} ms, {local} to {remote}", {
      session: this.#session,
      ms: Math.round(performance.now() - this.#offeredAt),
      local: pair?.local ?? "?",
      remote: pair?.remote ?? "?",
    });
  }

  /** @param status null where the response was cancelled */
  range(response: Response, status: number | null, sent: number): void {
    this.#sent += sent;
    this.#ranges++;
    log.debug("{session} range {id} offset {offset} length {length}: {status}, {sent} bytes in {ms} ms", {
      session: this.#session,
      id: response.streamId,
      offset: response.offset,
      length: response.want,
      status: status ?? "cancelled",
      sent,
      ms: Math.round(performance.now() - response.askedAt),
    });
  }

  /** @param before how many there were already */
  malformed(kind: string, size: number, before: number): void {
    if (before >= LOGGED_MALFORMED) return;
    log.warn("{session} malformed message: {kind}, {size} bytes", { session: this.#session, kind, size });
  }

  end({ reason, cause }: Ending, malformed: number): void {
    const properties = {
      session: this.#session,
      reason: reason ?? "ended",
      cause,
      seconds: Math.round((performance.now() - this.#began) / 1_000),
      sent: this.#sent,
      ranges: this.#ranges,
      malformed,
    };
    if (!this.#opened && reason !== null && reason !== "shutdown") {
      return log.warn("{session} {reason}: {cause}", properties);
    }
    log.info("{session} end: {reason} ({cause}), {seconds} s, {sent} bytes in {ranges} ranges", properties);
    if (malformed > LOGGED_MALFORMED) log.warn("{session} {malformed} malformed messages in all", properties);
  }
}
