/** Descriptions as browsers make them, with what matters in them exchangeable. */
export function description(fingerprint: string, ufrag: string, more = ""): string {
  return [
    "v=0",
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    `a=ice-ufrag:${ufrag}`,
    "a=ice-pwd:by5KZvV3FrR0sQ7Q8JY1v0pA",
    `a=fingerprint:sha-256 ${fingerprint}`,
    "a=setup:actpass",
    "a=mid:0",
    "a=sctp-port:5000",
    ...(more === "" ? [] : [more]),
    "",
  ].join("\r\n");
}

/** A SHA-256 fingerprint that repeats one byte. */
export function fingerprint(byte: number): string {
  return Array(32).fill(byte.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

export const NOW = Date.UTC(2026, 10, 23);
