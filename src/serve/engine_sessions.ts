/** What an engine loads when its first session comes: WebRTC and all that needs it. */
import type { BackendPreference } from "../rtc/dtls/record/choose_backend.ts";
import { prepareCertificate, useCrypto } from "../rtc/secure_channels.ts";
import { type AccessRules, Authenticator } from "./authenticator.ts";
import type { SessionOptions } from "./session.ts";
import { Sessions } from "./sessions.ts";

export { prepareCertificate };

/** What is the engine's own, beside what its sessions have in common. */
export interface EngineSettings {
  /** What seals records, in all of this thread. */
  readonly crypto: BackendPreference;
  /** Of the box's key, 32 bytes. */
  readonly secret: Uint8Array;
  readonly access: AccessRules;
}

export function engineSessions(
  options: SessionOptions,
  { crypto, secret, access }: EngineSettings,
): Sessions {
  useCrypto(crypto);
  return new Sessions(options, new Authenticator(secret, access));
}
