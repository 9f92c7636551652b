/** What main and the doctor's two threads say to each other. */
import type { BackendPreference } from "../rtc/dtls/record/choose_backend.ts";
import type { Confinement } from "../thread/confinement.ts";
import { isRecord, isText } from "../thread/shapes.ts";
import { type Finding, isFinding } from "./check.ts";
import type { NetworkOptions } from "./network/network.ts";

export interface DoctorDialogue {
  readonly options: DoctorOptions;
  readonly ready: undefined;
  readonly command: never;
  readonly event: DoctorEvent;
}

export type DoctorOptions =
  | { readonly task: "box"; readonly folders: readonly string[]; readonly crypto: BackendPreference }
  | { readonly task: "network"; readonly network: NetworkOptions };

export type DoctorEvent =
  /** @see keyOf */
  | { readonly type: "found"; readonly key: string; readonly finding: Finding }
  /** Canonical paths of the folders that can be read. */
  | { readonly type: "roots"; readonly roots: readonly string[] };

/** Who reads hears no network; who hears the network reads nothing. */
export function doctorConfinement(options: DoctorOptions): Confinement {
  return options.task === "box"
    ? { read: options.folders, net: false, sys: [] }
    : { read: [], net: true, sys: ["networkInterfaces"] };
}

/** The longest key and path, in UTF-16 code units, and the most folders. */
const MAX_TEXT = 8_192;
const MAX_ROOTS = 1_024;

export function isDoctorEvent(value: unknown): value is DoctorEvent {
  if (!isRecord(value)) return false;
  if (value["type"] === "found") return isText(value["key"], MAX_TEXT) && isFinding(value["finding"]);
  const { type, roots } = value;
  return type === "roots" && Array.isArray(roots) && roots.length <= MAX_ROOTS &&
    roots.every((root) => isText(root, MAX_TEXT));
}

export function isDoctorReady(value: unknown): value is undefined {
  return value === undefined;
}
