import type { AeadBackend } from "./aead_backend.ts";
import { RecordError } from "./errors.ts";
import { kernelBackend } from "./kernel_backend.ts";
import { nodeBackend } from "./node_backend.ts";
import { selfCheck } from "./self_check.ts";

/** `auto` is the kernel where it passes its self-check, else `node:crypto` for each record. */
export type BackendPreference = "auto" | "kernel" | "node";

/**
 * The backend to use in this process; to be called once, at start.
 *
 * @param candidate stands for the kernel, in tests
 * @throws {RecordError} `kernel-unavailable` where the kernel is asked for by name and fails its check
 */
export function chooseBackend(
  preference: BackendPreference,
  candidate: AeadBackend = kernelBackend,
): AeadBackend {
  if (preference === "node") return nodeBackend;
  if (selfCheck(candidate)) return candidate;
  if (preference === "auto") return nodeBackend;
  throw new RecordError("kernel-unavailable", "the kernel differs from node:crypto, or does not run here");
}
