/** What an engine loads when its first session comes: WebRTC and all that needs it. */
import type { BackendPreference } from "../rtc/dtls/record/choose_backend.ts";
import { prepareCertificate, useCrypto } from "../rtc/secure_channels.ts";
import type { SessionOptions } from "./session.ts";
import { Sessions } from "./sessions.ts";

export { prepareCertificate };

/** Sessions whose records are sealed by `crypto`, in all of this thread. */
export function engineSessions(options: SessionOptions, crypto: BackendPreference): Sessions {
  useCrypto(crypto);
  return new Sessions(options);
}
