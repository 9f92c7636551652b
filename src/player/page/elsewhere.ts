/// <reference lib="dom" />
import { element } from "./dom.ts";

/** A player that is free, runs everywhere and takes nearly everything. */
const VLC = "https://www.videolan.org/vlc/";

/**
 * Why a film does not play here, and what it plays in. No link can hand the film itself to another program: its
 * bytes come over a connection that this page alone has, so it has to be downloaded first.
 *
 * @param sentence names container and codec
 */
export function elsewhere(sentence: string): HTMLElement {
  return element(
    "p",
    { class: "sentence" },
    `${sentence} Download it to play it elsewhere, such as in `,
    element("a", { href: VLC, target: "_blank", rel: "noopener noreferrer" }, "VLC"),
    ".",
  );
}
