import { Option } from "commander";
import { DEFAULTS } from "../config/config.ts";

/** Where the relay listens. */
export function listenOption(description: string): Option {
  return new Option("--listen <address>", description).default(DEFAULTS.listen);
}

/** Where what is measured is served. */
export function metricsOption(): Option {
  return new Option("--metrics <address>", "serves /metrics, /healthz and /readyz there; off by default");
}
