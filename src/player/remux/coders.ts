/// <reference lib="webworker" />
import type { Input } from "mediabunny";
import type { RemuxPlan } from "./plan.ts";

/** Loads the decoders and encoders that a plan needs and browsers lack; each is large. */
export async function addCoders(input: Input, plan: RemuxPlan): Promise<void> {
  if (plan.audio?.encoding === undefined) return;
  const track = (await input.getAudioTracks()).find(({ id }) => id === plan.audio!.id);
  switch (await track?.getCodec()) {
    case "ac3":
    case "eac3":
      (await import("@mediabunny/ac3")).registerAc3Decoder();
      break;
    case "dts":
      (await import("@mediabunny/dts")).registerDtsDecoder();
  }
  if (plan.audio.encoding === "flac") {
    (await import("@mediabunny/flac-encoder")).registerFlacEncoder();
  }
}
