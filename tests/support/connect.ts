import type { Answerer } from "../../src/rtc/answerer.ts";
import type { Candidate, PeerConnection } from "./stacks.ts";

/** Offer, answer and candidates between a real stack and the answerer, without a relay. */
export async function connect(peer: PeerConnection, answerer: Answerer, init = {}): Promise<void> {
  const early: unknown[] = [];
  let answered = false;
  answerer.oncandidate = (candidate) => {
    if (candidate === null) return;
    if (answered) peer.addIceCandidate(candidate).catch(() => {});
    else early.push(candidate);
  };
  const offer = await peer.createOffer(init);
  const local: Candidate[] = [];
  let offered = false;
  peer.onicecandidate = ({ candidate }) => {
    if (candidate === null) return;
    if (offered) answerer.addCandidate(candidate);
    else local.push(candidate);
  };
  await peer.setLocalDescription(offer);
  const sdp = await answerer.accept(offer.sdp);
  offered = true;
  for (const candidate of local) answerer.addCandidate(candidate);
  await peer.setRemoteDescription({ type: "answer", sdp });
  answered = true;
  for (const candidate of early) peer.addIceCandidate(candidate).catch(() => {});
}
