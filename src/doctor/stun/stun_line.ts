import type { StunMessage } from "../../rtc/ice/stun_message.ts";

/** A way to one server. */
export interface StunLine {
  /** Sends a request; answers undefined where nothing comes back in time. */
  ask(request: Uint8Array): Promise<StunMessage | undefined>;
  close(): void;
}
