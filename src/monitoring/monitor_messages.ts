/** What main and the monitor's thread say to each other. */
import type { Confinement } from "../thread/confinement.ts";
import { isRecord } from "../thread/shapes.ts";
import type { Build, Snapshot } from "./snapshot.ts";

export interface MonitorDialogue {
  readonly options: MonitorOptions;
  readonly ready: MonitorReady;
  readonly command: Snapshot;
  readonly event: never;
}

export interface MonitorOptions {
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly build: Build;
}

export interface MonitorReady {
  /** Where it listens. */
  readonly port: number;
}

/** It answers whoever asks, so that it knows nothing but figures. */
export const MONITOR_CONFINEMENT: Confinement = { read: [], net: true, sys: [] };

export function isMonitorReady(value: unknown): value is MonitorReady {
  if (!isRecord(value)) return false;
  const port = value["port"];
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port <= 65_535;
}

export function isMonitorEvent(_: unknown): _ is never {
  return false;
}
