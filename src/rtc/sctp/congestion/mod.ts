import { Bbr } from "./bbr.ts";
import type { ControllerFactory } from "./controller.ts";
import { Cubic } from "./cubic.ts";
import { NewReno } from "./new_reno.ts";

export type {
  AckSample,
  CongestionController,
  ControllerFactory,
  ControllerOptions,
  LossSample,
} from "./controller.ts";
export { Pacer } from "./pacing.ts";

/** Names of the controllers there are. */
export type ControllerName = "new-reno" | "cubic" | "bbr";

export const CONTROLLERS: Record<ControllerName, ControllerFactory> = {
  "new-reno": (options) => new NewReno(options),
  "cubic": (options) => new Cubic(options),
  "bbr": (options) => new Bbr(options),
};
