/** What main and the monitor's thread say to each other. */
import type { Confinement } from "../thread/confinement.ts";
import type { Listening } from "../thread/shapes.ts";
import type { Build, Snapshot } from "./snapshot.ts";

export interface MonitorDialogue {
  readonly options: MonitorOptions;
  readonly ready: Listening;
  readonly command: Snapshot;
  readonly event: never;
}

export interface MonitorOptions {
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly build: Build;
}

/** It answers whoever asks, so that it knows nothing but figures. */
export const MONITOR_CONFINEMENT: Confinement = { read: [], net: true, sys: [] };

export function isMonitorEvent(_: unknown): _ is never {
  return false;
}
