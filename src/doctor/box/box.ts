import type { BackendPreference } from "../../rtc/dtls/record/choose_backend.ts";
import type { Check, Finding } from "../check.ts";
import { ENCRYPTION, folder } from "../checks.ts";
import { lookAtEncryption } from "./encryption.ts";
import { canonicalFolder, lookAtFolder } from "./folder.ts";

export interface BoxOptions {
  /** Absolute paths. */
  readonly folders: readonly string[];
  readonly crypto: BackendPreference;
}

/**
 * Looks at the folders, then at what seals the bytes.
 *
 * @param onroots takes the canonical paths of the folders that can be read
 */
export async function lookAtBox(
  { folders, crypto }: BoxOptions,
  tell: (check: Check, finding: Finding) => void,
  onroots: (roots: readonly string[]) => void,
): Promise<void> {
  const roots = await Promise.all(folders.map(canonicalFolder));
  onroots([...new Set(roots.filter((root) => root !== undefined))]);
  await Promise.all(folders.map(async (path) => tell(folder(path), await lookAtFolder(path))));
  tell(ENCRYPTION, lookAtEncryption(crypto));
}
