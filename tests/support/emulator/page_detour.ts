/// <reference lib="dom" />
import type { Page } from "playwright-core";
import type { Detour } from "./detour.ts";

/** Leads every peer connection that the page will make through the detour. */
export async function leadThrough(page: Page, detour: Detour): Promise<void> {
  await page.exposeFunction("detourCandidate", async (candidate: string) => {
    return await detour.candidate(candidate) ?? null;
  });
  await page.addInitScript(replaceConnection);
}

/** Runs in the page, before anything of its own. Uses nothing from outside itself. */
function replaceConnection(): void {
  const { detourCandidate } = globalThis as unknown as {
    detourCandidate: (candidate: string) => Promise<string | null>;
  };
  const Native = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      // The first listener of all: nobody behind it learns of a candidate, so that none is sent.
      this.addEventListener("icecandidate", (event) => event.stopImmediatePropagation());
    }

    override get localDescription(): RTCSessionDescription | null {
      const description = super.localDescription;
      if (description === null) return null;
      const sdp = description.sdp.replace(/^a=candidate:.*\r\n/gm, "");
      return new RTCSessionDescription({ type: description.type, sdp });
    }

    override async addIceCandidate(init?: RTCIceCandidateInit | null): Promise<void> {
      const candidate = await detourCandidate(init?.candidate ?? "");
      if (candidate !== null) await super.addIceCandidate({ ...init, candidate });
    }
  } as typeof RTCPeerConnection;
}
