/** A WebRTC stack or browser that this machine cannot run; whatever needs it is left out. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";

  constructor(readonly missing: string, reason: string) {
    super(reason);
  }
}
